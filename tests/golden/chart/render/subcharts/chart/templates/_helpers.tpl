{{ define "which" }}parent's{{ end }}
