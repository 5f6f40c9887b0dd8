{{- define "kinds.label" -}}
app: {{ .Values.name }}
{{- end }}
