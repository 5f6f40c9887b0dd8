{{- define "shared" }}three's{{ end }}
