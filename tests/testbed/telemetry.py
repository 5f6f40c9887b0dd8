"""Keeps istiod from sending its statistics filter, which upstream Envoy does not have: it would
refuse every listener.

The object is planted as soon as there is a namespace istio-system and the kind is known,
before the first proxy connects.
"""

from .errors import LabError
from .kubeapi import KubeApi, NotFound

NAME = "lab-no-stats"
PATH = "/apis/telemetry.istio.io/v1/namespaces/istio-system/telemetries"
OBJECT = {
    "apiVersion": "telemetry.istio.io/v1",
    "kind": "Telemetry",
    "metadata": {"name": NAME, "namespace": "istio-system"},
    "spec": {
        "metrics": [{"providers": [{"name": "prometheus"}], "overrides": [{"disabled": True}]}]
    },
}


def plant(api: KubeApi) -> None:
    """Once; nothing happens while the object is there or cannot be made yet."""
    try:
        api.get(f"{PATH}/{NAME}")
    except NotFound:
        try:
            api.call("POST", PATH, OBJECT)
        except NotFound:
            return
        except LabError as error:
            if "being terminated" in str(error):
                return
            raise
        print(f"planted Telemetry {NAME}", flush=True)
