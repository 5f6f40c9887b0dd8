{{- define "shared" }}two's{{ end }}
