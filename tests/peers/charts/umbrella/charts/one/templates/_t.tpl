{{- define "shared" }}one's{{ end }}
