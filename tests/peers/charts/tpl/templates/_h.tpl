{{- define "own" }}own {{ .Chart.Name }}{{ end }}
{{- define "down" }}{{ if gt (int .n) 0 }}{{ .n }} {{ include "down" (dict "n" (sub (int .n) 1)) }}{{ end }}{{ end }}
{{- define "forever" }}{{ include "forever" . }}{{ end }}
{{- define "twice" }}{{ template "own" . }}{{ end }}
