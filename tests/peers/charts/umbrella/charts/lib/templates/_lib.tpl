{{- define "lib.name" -}}
lib-{{ .Release.Name | trunc 5 }}
{{- end }}
