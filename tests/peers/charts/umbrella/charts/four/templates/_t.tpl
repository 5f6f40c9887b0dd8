{{- define "shared" }}four's{{ end }}
