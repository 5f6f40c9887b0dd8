{{- define "p" }}last{{ end }}
