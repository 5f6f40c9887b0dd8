{{ define "lib.name" }}library{{ end }}
