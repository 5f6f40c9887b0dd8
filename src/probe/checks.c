/* The table of checks. */
#include "meshctl/probe/checks.h"

#include <string.h>

#include "meshctl/base/mem.h"

/* The same state stands for 30 s before istiod gives up on a remote cluster (PILOT_REMOTE_CLUSTER_TIMEOUT),
 * and as long between its tries after a refusal. */
#define SYNC_MS 60000

/* A row says what is unusual of it. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

static const struct check_info checks[] = {
    {"MC101", "distinct clusters", "two names stand for the same cluster",
     "the mesh would be one of a cluster with itself",
     "name two different clusters; compare the servers of both kubeconfigs", .level = CHECK_FATAL},
    {"MC102", "kubeconfigs", "the kubeconfigs of two clusters are given under each other's names",
     "each cluster would get the names, the network and the certificates of the other one",
     "give each kubeconfig under its own name: swap the files of --west and --east",
     .level = CHECK_FATAL},
    {"MC103", "rights", "the user lacks rights that the run needs",
     "the run would stop half way; so nothing was written",
     "ask for the rights that are named, or use a context whose user has them; a mesh is set up "
     "with "
     "the ClusterRole cluster-admin"},
    {"MC104", "one writer", "another run is at work in the cluster, or has changed it meanwhile",
     "two runs at once would undo each other's work",
     "wait for the other run to end, then run the same command again; the lock of a run that was "
     "killed is taken over when it is not renewed"},
    {"MC105", "rights to look", "something could not be looked at",
     "the checks that need it were left out", "look again as a user who may do what is named",
     .level = CHECK_WARNING},
    {"MC106", "API server", "a cluster could not be looked at",
     "nothing is known of it, and what the others need of it was left out",
     "see that its API server answers from here with this kubeconfig: kubectl get --raw /readyz",
     .level = CHECK_FATAL},
    {"MC107", "clock", "an API server's clock is far from another one",
     "certificates that are new are not valid yet on the other side, or have ended there",
     "let the same time servers set all clocks: on each control-plane node and here, timedatectl "
     "says whether that is so"},
    {"MC108", "Kubernetes version", "Istio does not support the cluster's Kubernetes",
     "it mostly works, and nobody has tried that it does",
     "take an --istio-version that supports it; meshctl charts list istiod shows what there is",
     .level = CHECK_WARNING},
    {"MC109", "Kubernetes skew", "no Istio version supports the Kubernetes of both clusters",
     "one of them runs an Istio that is not made for it", "upgrade the older cluster first",
     .level = CHECK_WARNING},
    {"MC110", "other Istio", "another control plane is in the cluster",
     "both hand out roots and inject proxies; which one a namespace gets is by its labels",
     "install into it with --release istiod=NAME and its namespace, give the mesh a revision of "
     "its own, "
     "or take the other one off with the tool that put it there"},
    {"MC111", "other injectors", "another webhook injects proxies as well",
     "pods that both take get the proxy of one of them, mostly of the wrong mesh",
     "see that its namespaceSelector takes none of the mesh's namespaces: kubectl get "
     "mutatingwebhookconfiguration NAME -o yaml"},
    {"MC112", "Istio's kinds", "Istio's kinds in the cluster are of a later version",
     "installing would take their newer fields away, and with them what is set in these",
     "install that version, with --istio-version"},
    {"MC113", "webhooks answer", "a webhook that has to be passed has nobody to answer it",
     "whatever it is asked about cannot be created or changed",
     "bring its server back, or delete its configuration if its owner is gone"},
    {"MC114", "Pod Security", "Pod Security refuses pods that the mesh needs",
     "they are not created; their Deployment waits for ever",
     "kubectl label namespace NAME pod-security.kubernetes.io/enforce=baseline --overwrite, or "
     "=privileged where proxies are injected"},
    {"MC115", "quotas", "a quota or limit leaves no room for the mesh's pods",
     "they are not created; their Deployment waits for ever",
     "raise it: kubectl edit resourcequota or limitrange in that namespace; or let the pods ask "
     "for less "
     "with --set istiod.pilot.resources.requests.memory=..."},
    {"MC116", "nodes", "there are not the nodes that the mesh needs", "its pods stay pending",
     "see kubectl get nodes -o wide"},
    {"MC117", "cluster DNS", "the cluster's DNS does not answer",
     "proxies do not find istiod, and workloads do not find each other",
     "see the reason of its pods: kubectl get pods -n kube-system -l k8s-app=kube-dns"},
    {"MC118", "load balancer", "nothing shows that gateways will get an address",
     "without one no other cluster reaches the gateway, and up waits for it in vain",
     "see that the cluster has a load balancer controller (a cloud's, MetalLB, ...); one that has "
     "not "
     "been used yet leaves no sign"},
    {"MC201", "shared root", "clusters have different root certificates",
     "proxies refuse each other: CERTIFICATE_VERIFY_FAILED, every cross-cluster request fails",
     "decide which root stays (--ca-dir holds its key); where another is, keep a copy of Secret "
     "cacerts, delete it, meshctl ca with the same flags, restart istiod and the workloads"},
    {"MC202", "CA folder", "the CA folder holds another root than the clusters",
     "an intermediate signed with it would not be trusted",
     "give the folder of the root that is in use (--ca-dir)"},
    {"MC203", "root key", "the root's key is not in the CA folder",
     "no intermediate can be signed for the clusters that have none",
     "put root-cert.pem and root-key.pem of the root in use into --ca-dir"},
    {"MC204", "root of the mesh", "istiod signs with a root that it made itself",
     "the cluster trusts nobody outside it; a new root needs every workload to start again",
     "plan a restart: meshctl ca with the same flags makes Secret cacerts (it goes before the "
     "other one), restart istiod, then the workloads",
     .needs = CHECK_NEEDS_SECRETS},
    {"MC205", "root handed out", "istiod hands out another root than Secret cacerts holds",
     "istiod started before the Secret was there, or did not take it over",
     "kubectl rollout restart deployment istiod -n istio-system, then restart the workloads"},
    {"MC206", "CA certificate", "istiod would be installed without certificates of the mesh",
     "it would sign with a root of its own, which no other cluster trusts",
     "meshctl ca with the same flags", .needs = CHECK_NEEDS_SECRETS},
    {"MC207", "certificates kept", "another run has given the cluster its certificates meanwhile",
     "istiod may have read them already, so they stay",
     "run the same command again: it goes on with the certificates that are there"},
    {"MC208", "gateways' roots", "a gateway trusts a root that the mesh does not have any more",
     "it refuses every other workload, and they refuse it: requests through it end in 503",
     "restart it: kubectl rollout restart of its Deployment", .needs = CHECK_NEEDS_FORWARD},
    {"MC209", "no sample root", "the mesh trusts a root of Istio's samples",
     "its intermediates' keys are public: anybody can be any workload of the mesh",
     "plan a restart: meshctl ca init with the same flags and a new --ca-dir, replace Secret "
     "cacerts in every cluster with its files, restart istiod, then gateways and workloads"},
    {"MC210", "days left", "a CA certificate of the mesh ends soon",
     "when it has ended no workload gets a certificate any more, and all mutual TLS stops",
     "meshctl ca init with the same flags and a new --ca-dir into which root-cert.pem and "
     "root-key.pem of the old one were copied; then replace Secret cacerts with its files",
     .level = CHECK_WARNING, .needs = CHECK_NEEDS_SECRETS},
    {"MC211", "istiod's certificate", "istiod shows a certificate that proxies do not take",
     "none of them gets its configuration or a certificate from it",
     "restart it: kubectl rollout restart of its Deployment", .needs = CHECK_NEEDS_FORWARD},
    {"MC212", "gateways' certs", "a gateway shows a certificate of another root",
     "every other workload refuses it, and requests through it end in 503",
     "restart it: kubectl rollout restart of its Deployment", .needs = CHECK_NEEDS_FORWARD},
    {"MC213", "times on the wire", "a certificate that is shown has ended or is not valid yet",
     "every other side refuses it",
     "see that the clocks are right, then restart what shows it: kubectl rollout restart",
     .needs = CHECK_NEEDS_FORWARD},
    {"MC214", "names on the wire", "a certificate that is shown is for another name",
     "the other side refuses it: it is not whom it wants to talk to",
     "restart what shows it: kubectl rollout restart; after a change of the trust domain every "
     "workload needs that",
     .needs = CHECK_NEEDS_FORWARD},
    {"MC215", "root in namespaces", "namespaces hold another root than the mesh has",
     "what starts there does not trust istiod, and stays without configuration",
     "kubectl delete configmap istio-ca-root-cert in the namespace: istiod makes it again",
     .level = CHECK_WARNING},
    {"MC216", "CA of istiod", "istiod cannot sign with the CA that it is given",
     "one that runs goes on with what it had; it does not start again, or others refuse what it "
     "signs",
     "put right what is named, or have meshctl sign another: keep a copy of Secret cacerts, delete "
     "it, meshctl ca with the same flags, restart istiod and the workloads"},
    {"MC217", "strength of the CA", "a CA certificate of the mesh can be forged",
     "who has the means can be any workload of the mesh",
     "plan a restart: meshctl ca init with the same flags and a new --ca-dir, replace Secret "
     "cacerts in every cluster with its files, restart istiod, then gateways and workloads",
     .level = CHECK_WARNING, .needs = CHECK_NEEDS_SECRETS},
    {"MC301", "network", "the namespace of istiod is labelled with another network",
     "endpoints would be counted to the wrong network and reached by pod address",
     "keep the name that is there: --network NAME=NETWORK"},
    {"MC302", "owners", "an object of a chart belongs to another installer",
     "two installers would fight over it; so nothing was written",
     "name its release with --release COMPONENT=NAME if it is the same thing, remove it with the "
     "tool that put it there, or take it over with --take-ownership"},
    {"MC303", "network label", "the east-west gateway's Service lacks its network label",
     "istiod does not know the gateway: other clusters get pod addresses that they cannot reach",
     "meshctl gateway with the same flags"},
    {"MC304", "cluster id", "the cluster's istiod runs under another cluster id",
     "a mesh that runs cannot be renamed: its proxies and its peers know it by that id",
     "keep the id that is there: --cluster-name NAME=ID; another one needs meshctl down and up"},
    {"MC305", "mesh id", "the cluster's istiod belongs to a mesh of another id",
     "its proxies report that id, and what is labelled with it is not this mesh's",
     "keep the id that is there: --mesh-id ID; another one needs meshctl down and up"},
    {"MC306", "namespaces", "a namespace of the mesh is being deleted",
     "nothing can be created in it",
     "wait until it is gone, then run the same command again; its conditions say what holds it: "
     "kubectl get namespace NAME -o yaml"},
    {"MC307", "free names", "an object that is not the mesh's has a name that the mesh needs",
     "to change it would break what it is there for; so nothing was written",
     "rename or remove it, or make it the mesh's with --take-ownership"},
    {"MC308", "field managers", "another manager sets fields that the mesh needs otherwise",
     "two managers would set them in turn; so nothing was written",
     "see who sets them (kubectl get -o yaml --show-managed-fields); --force-conflicts takes them "
     "over"},
    {"MC309", "network's label", "the namespace of istiod lacks its network label",
     "pods without a proxy count to no network: other clusters send to their addresses, in vain",
     "kubectl label namespace istio-system topology.istio.io/network=NETWORK",
     .level = CHECK_WARNING},
    {"MC310", "trust domain", "the clusters have different trust domains",
     "proxies refuse each other's identity: every cross-cluster request fails",
     "let each istiod know the others' as trustDomainAliases of its meshConfig"},
    {"MC311", "workloads' names", "a proxy was started under other names than its cluster has",
     "it is counted to another network or cluster: requests to it and from it go astray",
     "restart it: kubectl rollout restart of its workload"},
    {"MC312", "new proxies' names", "istiod and the pods that start now are given different names",
     "a pod of another cluster id gets no certificate and never becomes ready; one of another "
     "network is sent to where nobody answers",
     "meshctl install --force-conflicts with the same flags"},
    {"MC313", "pods' own addresses",
     "clusters are said to share a network, and their pods have the same addresses",
     "requests to a pod of the other cluster end at one of this cluster, or nowhere",
     "give each a network of its own: --network NAME=NETWORK, or network: in the mesh file; where "
     "the mesh is set up already, meshctl down before"},
    {"MC401", "reader account", "the reader's ServiceAccount is missing",
     "no other cluster can be given a token", "meshctl install"},
    {"MC402", "remote secrets", "a remote secret is missing",
     "istiod does not see the other cluster's services; requests stay in their own cluster",
     "meshctl remote-secret with the same flags", .needs = CHECK_NEEDS_SECRETS},
    {"MC403", "peers' tokens", "another cluster's token is needed and cannot be had",
     "istiod would not see that cluster's services",
     "leave --only out, run meshctl remote-secret --only NAME for that cluster first, or see why "
     "it "
     "cannot be reached"},
    {"MC404", "address for peers",
     "an API server's address or certificate is not for the other clusters",
     "their istiod refuses the connection and sees none of its services",
     "--server NAME=URL, --server-ca NAME=FILE or --server-tls-name NAME=HOST, as the finding "
     "says"},
    {"MC405", "reader token", "an API server refuses the reader's token",
     "the other clusters' istiod is turned away and sees none of its services",
     "see that --server leads to the cluster's own API server; then delete Secret "
     "istio-reader-service-account-istio-remote-secret-token there and run meshctl remote-secret"},
    {"MC406", "address for istiod", "a remote secret names an address of the machine itself",
     "istiod looks for the other cluster in its own pod and sees none of its services",
     "meshctl remote-secret --take-ownership --force-conflicts with the same flags, and with "
     "--server NAME=https://HOST:PORT where the kubeconfig of that cluster has such an address",
     .needs = CHECK_NEEDS_SECRETS},
    {"MC407", "token for istiod", "a remote secret holds a token that is not valid any more",
     "the other cluster turns istiod away, which sees none of its services or old ones",
     "meshctl remote-secret --take-ownership --force-conflicts with the same flags",
     .needs = CHECK_NEEDS_SECRETS},
    {"MC408", "all clusters given", "istiod sees a cluster that was not given here",
     "nothing is said of that cluster, nor of what goes to it and comes from it",
     "name it too, with --cluster NAME=FILE; if it is gone for good, delete its remote secret",
     .level = CHECK_WARNING, .needs = CHECK_NEEDS_SECRETS},
    {"MC411", "remote secrets' names", "a remote secret has a cluster under another name",
     "its pods count to a cluster that nobody knows: proxies there are refused, locality fails",
     "meshctl remote-secret with the same flags, then delete the Secret with the wrong name",
     .needs = CHECK_NEEDS_SECRETS},
    {"MC412", "one remote secret", "two remote secrets are for the same cluster",
     "istiod takes the one that it meets first, after a restart maybe the other",
     "delete the one that is not wanted", .level = CHECK_WARNING, .needs = CHECK_NEEDS_SECRETS},
    {"MC413", "remote kubeconfigs", "a remote secret holds nothing that istiod can use",
     "istiod logs it once and sees none of the other cluster's services",
     "meshctl remote-secret --take-ownership --force-conflicts with the same flags",
     .needs = CHECK_NEEDS_SECRETS},
    {"MC421", "what istiod says", "another cluster refuses istiod's token",
     "istiod sees none of its services, or only old ones",
     "kubectl delete secret istio-reader-service-account-istio-remote-secret-token in that "
     "cluster's istio-system; then meshctl remote-secret --take-ownership --force-conflicts with "
     "the same flags"},
    {"MC422", "what istiod says", "istiod does not trust another cluster's API server",
     "it sees none of its services, or only old ones",
     "meshctl remote-secret --take-ownership --force-conflicts with the same flags, and with "
     "--server-ca NAME=FILE where the address leads to a server of another authority than the "
     "kubeconfig's"},
    {"MC423", "what istiod says", "istiod may not read another cluster",
     "it sees none of its services, or only old ones",
     "meshctl install with the same flags: the role of ServiceAccount istio-reader-service-account "
     "is the istiod chart's"},
    {"MC424", "what istiod says", "istiod has no connection to another cluster's API server",
     "what it knows of its services gets old, and after its restart it knows none",
     "let the nodes reach the address that the remote secret names, or name another one: meshctl "
     "remote-secret --server NAME=https://HOST:PORT"},
    {"MC501", "Gateway on 15443", "no Gateway lets traffic in on the east-west gateway",
     "connections to port 15443 are refused; requests from other clusters fail or stay where they "
     "are",
     "meshctl expose with the same flags", .needs = CHECK_NEEDS_ISTIO},
    {"MC502", "gateway address", "a gateway's Service has no address",
     "nobody outside the cluster can reach it",
     "see the Service's events; a cluster without a load balancer controller needs one"},
    {"MC503", "gateway pods", "a gateway has no ready pod",
     "connections to its address are refused",
     "see the reason of its pods: kubectl -n istio-ingress get pods"},
    {"MC504", "gateway Service", "there is no Service of an east-west gateway",
     "other clusters have no address to send requests for this network to",
     "meshctl gateway with the same flags"},
    {"MC505", "gateway port", "the east-west gateway's Service lacks the port",
     "istiod does not take it for a gateway: requests from other clusters fail or stay there",
     "meshctl gateway with the same flags"},
    {"MC506", "exposed hosts",
     "the Gateway for other clusters does not pass Services that they share",
     "the gateway cuts off what other clusters send for them",
     "give it hosts that cover them: meshctl expose says \"*.local\"", .needs = CHECK_NEEDS_ISTIO},
    {"MC507", "Gateway's pods", "the Gateway for other clusters is for other pods",
     "connections to port 15443 are refused; requests from other clusters fail",
     "give it the selector of the east-west gateway's Service", .needs = CHECK_NEEDS_ISTIO},
    {"MC508", "gateway listens", "the east-west gateway's Envoy does not listen on the mesh's port",
     "connections from other clusters are refused",
     "see MC501, MC506 and MC507; with none of them, what its log says: kubectl logs of its pod",
     .settle_ms = SYNC_MS, .needs = CHECK_NEEDS_FORWARD},
    {"MC521", "gateway lets through", "the east-west gateway passes no request on",
     "requests from other clusters end at it",
     "see MC501 and the other findings; then what a proxy says: kubectl logs of the gateway's pod, "
     "and "
     "whether an AuthorizationPolicy in its namespace denies it"},
    {"MC522", "way to peers", "connections to another cluster's gateway fail",
     "requests to that cluster time out or are retried elsewhere",
     "let the nodes of this cluster reach the gateway's address and port: load balancer, firewall, "
     "security group, routes"},
    {"MC523", "way in from here",
     "a gateway's address lets one port through from here and not the other",
     "if the peers see the same, requests from them time out; they may see more than this machine",
     "open the port for the peers in the load balancer, the firewall or the security group, as the "
     "other one is"},
    {"MC524", "way to pods of peers",
     "connections to pods of another cluster on the same network fail",
     "requests to that cluster time out or are retried elsewhere",
     "let the nodes of this cluster reach the pods of the other one by their own addresses "
     "(routes, "
     "firewalls, security groups), or give each cluster a network of its own (MC313)"},
    {"MC601", "istiod in sync", "istiod is not in sync with another cluster",
     "endpoints of that cluster are missing or old",
     "see that the API server's address in the remote secret is reachable from istiod's pod "
     "(meshctl remote-secret --server NAME=URL)",
     .settle_ms = SYNC_MS, .needs = CHECK_NEEDS_FORWARD},
    {"MC602", "peers' gateways", "istiod knows no gateway of another network",
     "its endpoints are sent as pod addresses, which time out",
     "see MC303 and MC502 of the other cluster", .settle_ms = SYNC_MS,
     .needs = CHECK_NEEDS_FORWARD},
    {"MC603", "gateways connected", "a gateway is not connected to any istiod",
     "proxies live on their last configuration and certificates: what changes does not reach them",
     "see the log of its pod (kubectl logs); one that was started with other names or another root "
     "than istiod has now needs a restart: kubectl rollout restart of its Deployment",
     .settle_ms = SYNC_MS, .needs = CHECK_NEEDS_FORWARD},
    {"MC604", "istiod ready", "no istiod is ready",
     "proxies live on their last configuration; new pods get neither a proxy nor a certificate",
     "see the reason of its pods: kubectl get pods -l app=istiod in its namespace",
     .settle_ms = SYNC_MS},
    {"MC605", "Services of peers", "istiod does not know all Services of another cluster",
     "requests to them stay in their own cluster, or fail",
     "kubectl rollout restart of istiod; see that the reader's role there lists services",
     .settle_ms = SYNC_MS, .needs = CHECK_NEEDS_FORWARD},
    {"MC606", "configuration taken", "a proxy does not take what istiod sends it",
     "it lives on what it took before: what changes does not reach it",
     "see what it refuses, mostly an EnvoyFilter: kubectl get envoyfilters -A",
     .settle_ms = SYNC_MS, .needs = CHECK_NEEDS_FORWARD},
    {"MC607", "sidecars connected", "sidecars are not connected to any istiod",
     "they live on their last configuration and certificates, which end within a day",
     "see the log of istio-proxy in one of them; then kubectl rollout restart of its workload",
     .needs = CHECK_NEEDS_FORWARD},
    {"MC630", "injector", "nothing gives new pods a proxy",
     "pods that start from now on are outside the mesh: they reach no other cluster",
     "meshctl install with the same flags"},
    {"MC632", "Istio's kinds", "the cluster does not know Istio's kinds any more",
     "what was set with them is gone with them: nothing is let in from other clusters",
     "meshctl install with the same flags; then meshctl expose with the same flags"},
    {"MC701", "every cluster answers", "a cluster never answered",
     "retries hide it: every request is answered, by the other cluster alone",
     "see the other findings; with none, look at the proxies' connection failures"},
    {"MC702", "requests", "requests failed", "users see errors",
     "see the other findings; the sample's pods must be ready"},
    {"MC703", "endpoints", "a proxy has an endpoint that it cannot reach",
     "requests to it time out and are retried elsewhere",
     "see MC303 and MC602: the other network's gateway must be known"},
    {"MC704", "way back", "the way back does not work",
     "answers come without stars: the other cluster's call to ratings found no way",
     "see the findings of the cluster that the call goes to"},
    {"MC711", "DestinationRules", "a DestinationRule turns the mesh's mutual TLS off",
     "the east-west gateway passes on nothing else: requests stay in their own cluster or fail",
     "kubectl edit the DestinationRule: no tls, so that istiod chooses, or mode ISTIO_MUTUAL",
     .needs = CHECK_NEEDS_ISTIO},
    {"MC712", "AuthorizationPolicies", "an AuthorizationPolicy lets nobody in",
     "requests are refused with 403 (RBAC: access denied), whatever cluster they come from",
     "give it a rule that lets the callers in, or delete it", .needs = CHECK_NEEDS_ISTIO},
    {"MC713", "PeerAuthentications", "a PeerAuthentication turns mutual TLS off",
     "what comes through an east-west gateway is mutual TLS, which the pods then do not take",
     "set its mode to PERMISSIVE or STRICT", .needs = CHECK_NEEDS_ISTIO},
    {"MC714", "Sidecars", "a Sidecar hides Services from the proxies of their own namespace",
     "requests to them go past the proxy: in clear text, and never to another cluster",
     "add the host \"./*\" to its egress", .needs = CHECK_NEEDS_ISTIO},
    {"MC715", "exported Services", "a Service is not exported to the east-west gateway's namespace",
     "the gateway does not know it: requests for it from other clusters are cut off",
     "kubectl annotate the Service: networking.istio.io/exportTo with that namespace, too"},
    {"MC716", "injection", "a namespace is in the mesh in one cluster and not in another",
     "its pods here take no mutual TLS, so requests from other clusters never reach them",
     "label it as it is in the other cluster (istio-injection=enabled or istio.io/rev), then "
     "restart its workloads"},
    {"MC717", "pods in the mesh", "pods of a shared Service have no proxy",
     "they take no mutual TLS, so requests from other clusters never reach them",
     "restart their workload: kubectl rollout restart; one that opts out by "
     "sidecar.istio.io/inject=false must lose that label first"},
    {"MC718", "shared Services", "a Service is missing in a cluster that has pods for it",
     "nobody is sent to these pods, and their neighbours cannot look the name up",
     "create the Service as the other cluster has it"},
    {"MC719", "Service ports", "a Service has other ports than in another cluster",
     "requests to a port that one side lacks never go there", "give it the same ports in both"},
    {"MC731", "verify's workloads", "verify's own workloads do not run",
     "without them nothing is sent from that cluster, or to it",
     "see the reason; a namespace with sidecars of this revision must be able to run pods of the "
     "proxies' image"},
    {"MC732", "paths", "requests from one cluster to another fail",
     "so do those of every workload on that way",
     "see the other findings; with none, look at what stands between the clusters: port 15443 of "
     "the "
     "gateway's addresses must be reachable from the other cluster's nodes"},
    {"MC733", "identities", "requests come without the identities of the mesh",
     "they are not encrypted, and no policy can tell who sends them",
     "look for a PeerAuthentication of mode DISABLE, or a DestinationRule that turns TLS off: "
     "kubectl "
     "get peerauthentications,destinationrules -A"},
    {"MC734", "way through gateways",
     "requests to another cluster do not go through its gateway, or on one network past it",
     "they reach it, if at all, on a way that the mesh does not know of",
     "see MC303 and MC602: the other network's gateway must be known"},
    {"MC735", "nothing left", "verify's namespace is still there",
     "it does no harm; the next verify removes it when its time is over",
     "kubectl delete namespace NAME, by the name that stands there"},
    {"MC736", "way in", "the API server does not reach the pods of verify",
     "no request could be sent, so nothing is proved",
     "the API server must be allowed to connect to pods, port 8081, as for any pod proxy; verify "
     "--bookinfo comes in by the ingress instead"},
    {"MC737", "failover", "a service does not keep to its cluster, or does not leave it",
     "locality policies of the mesh's services will do neither",
     "the proxies must know the other clusters' endpoints (MC734) and of each its cluster; see the "
     "DestinationRule of the trial: meshctl verify --failover -o json shows it as policy"},
    {"MC738", "partition", "a gateway that is away disturbs what does not need it",
     "a fault of one cluster's gateway is felt in others",
     "look at the requests that were lost: the own cluster's endpoints must be preferred (MC737)"},
    {"MC741", "DNS", "a Service's name is not resolved in the cluster",
     "no workload there finds any other",
     "see why the cluster's DNS does not answer: kubectl -n kube-system get pods -l "
     "k8s-app=kube-dns"},
    {"MC742", "services known", "a workload's proxy does not know a service of another cluster",
     "requests to it stay in their cluster, or end in 503",
     "look for what narrows what proxies are told: Sidecars with egress hosts, exportTo of "
     "Services "
     "and in the mesh's configuration, discoverySelectors: kubectl get sidecars -A"},
    {"MC743", "gateway reachable", "pods do not reach the other cluster's gateway",
     "every request to that cluster fails or stays where it is",
     "let the nodes of the one cluster connect to port 15443 of the other one's gateway address: "
     "firewalls, security groups and routes between them"},
    {"MC744", "certificates accepted", "one end of a path refuses the other one's certificate",
     "every request on that path ends in 503",
     "compare the roots (MC201, MC205, MC208); workloads that started under another root need a "
     "restart: kubectl rollout restart of their Deployment"},
    {"MC745", "let in by the gateway",
     "the other cluster's gateway closes connections for its services",
     "every request to that cluster fails",
     "its Gateway on port 15443 must have TLS mode AUTO_PASSTHROUGH and a host that fits *.local: "
     "meshctl expose with the same flags"},
    {"MC746", "allowed by policies", "a policy denies requests of verify's own",
     "it may deny those of other workloads, too",
     "see which: kubectl get authorizationpolicies -A; verify's workloads have the identity that "
     "the "
     "finding of MC733 shows"},
    {"MC747", "peers' API servers", "pods do not reach another cluster's API server",
     "istiod learns nothing new of its services, and after a restart it knows none",
     "let the nodes reach the address that the remote secret names, or name another one: meshctl "
     "remote-secret --server NAME=https://HOST:PORT",
     .needs = CHECK_NEEDS_SECRETS},
    {"MC748", "peers' gateways", "pods do not reach another cluster's gateway",
     "requests to that cluster time out or are answered elsewhere",
     "let the nodes of this cluster reach the gateway's address and port: load balancer, firewall, "
     "security group, routes"},
    {"MC749", "peers' pods", "pods do not reach those of another cluster on the same network",
     "requests to that cluster time out or are answered elsewhere",
     "let the nodes of this cluster reach the pods of the other one by their own addresses "
     "(routes, "
     "firewalls, security groups), or give each cluster a network of its own (MC313)"},
    {"MC801", "control plane", "the istiod that runs would be deleted by a change of revision",
     "proxies of the old revision would lose their control plane",
     "install the other revision beside it, as a release of its own: --release istiod=NAME"},
    {"MC802", "istiod versions", "the clusters' istiods are more than one minor version apart",
     "what one sends to the other's proxies they may not know",
     "meshctl install with the same flags and the --istio-version of the newer one, one minor "
     "version after another",
     .level = CHECK_WARNING},
    {"MC803", "helm values", "values that somebody set with helm would change or go",
     "what they were set for would stop working at the next rollout",
     "give the ones to keep with --set COMPONENT.KEY=VALUE; or --reuse-values keeps what is not "
     "named "
     "in the list, --reset-values drops all of theirs"},
    {"MC804", "release records", "another program wrote to the release at the same time",
     "one of the two would be lost from its history",
     "see who does: helm history RELEASE -n NAMESPACE; then run the same command again"},
    {"MC805", "proxies' versions", "proxies are of a version that istiod does not support",
     "what it sends they may not know", "restart their workloads: they get istiod's version",
     .level = CHECK_WARNING, .needs = CHECK_NEEDS_FORWARD},
    {"MC806", "upgrade path", "the version to upgrade to is more than one minor version away",
     "while the clusters are upgraded one after another, what the newer istiod sends the others' "
     "proxies they "
     "may not know; Istio tries no such step",
     "upgrade to the next minor version first, then on: meshctl upgrade --to VERSION with the same "
     "flags"},
    {"MC807", "after an upgrade", "proxies still run the version from before",
     "they work, as long as istiod is at most two minor versions newer; what is new they lack",
     "restart their workloads, a few at a time: they get the new proxy", .level = CHECK_WARNING},
};

const struct check_info *check_find(const char *id)
{
    for (size_t i = 0; i < MC_ARRAY_LEN(checks); i++)
        if (strcmp(checks[i].id, id) == 0)
            return &checks[i];
    return NULL;
}

const struct check_info *check_all(size_t *ret_count)
{
    *ret_count = MC_ARRAY_LEN(checks);
    return checks;
}

const char *check_category(const char *id)
{
    static const char *const names[] = {"access",   "trust", "names",   "peers",
                                        "gateways", "sync",  "traffic", "versions"};
    return names[id[2] - '1'];
}

const char *check_level_name(enum check_level level)
{
    static const char *const names[] = {
        [CHECK_ERROR] = "error", [CHECK_WARNING] = "warning", [CHECK_FATAL] = "fatal"};
    return names[level];
}

const char *check_need_name(unsigned need)
{
    switch (need) {
    case CHECK_NEEDS_SECRETS:
        return "get and list secrets";
    case CHECK_NEEDS_ISTIO:
        return "list Istio's kinds";
    default:
        return "get and create pods/portforward";
    }
}
