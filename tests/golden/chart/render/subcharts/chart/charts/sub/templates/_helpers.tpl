{{ define "which" }}sub's{{ end }}
