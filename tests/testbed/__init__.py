"""The lab: whole Kubernetes clusters in network namespaces of one machine, for meshctl to
make a mesh of.
"""
