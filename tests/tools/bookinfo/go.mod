module meshctl.test/tools/bookinfo

go 1.24.0
