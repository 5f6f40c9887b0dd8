{{- define "shared" }}umbrella's{{ end }}
