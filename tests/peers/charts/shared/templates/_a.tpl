{{- define "p" }}first{{ end }}{{ define "empty" }}  {{ end }}
