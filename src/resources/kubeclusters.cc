#include "resources/internal/fields.h"

namespace salvor::resources {

namespace {

constexpr std::int64_t kKubeconfigMax = 262144;

Field status_field() {
  return {
      "status",
      dict({
               {"state",
                string()
                    .one_of({"PENDING", "INVENTORY", "ACTIVE", "REGISTERED", "DISCOVERED"})
                    .by_default("REGISTERED"),
                indexed, "ACTIVE once the cluster answers."},
               {"message", string(), optional, "Why it is not ACTIVE."},
               {"version", string(), optional, "The cluster's Kubernetes version."},
               {"agentURL", string(), optional, "Manifest that installs the agent."},
               {"otp", string(), internal, "One-time password of the agent's first call."},
               {"agentVersion", integer(), optional, "Version of the agent's protocol."},
               {"kubeAgentVersion", string(), optional, "Version of the agent."},
               {"kubeAgentManagerVersion", string().by_default("0.0"), optional,
                "Version of the agent's manager."},
               {"pendingStateTimestamp", integer().by_default(0), optional,
                "Since when it is PENDING."},
               {"updateTime", integer(), optional, "When the cluster last answered."},
               {"dormant", boolean().by_default(false), optional, "Whether nobody protects it."},
               {"deployment_platform", string(), optional, "Distribution of Kubernetes."},
               {"num_recovery_points", integer().by_default(0), optional,
                "READY recovery points of it, counted every minute."},
               {"awsekscluster_arn", string(), nullable, "The EKS cluster that it is."},
               {"azure_aks_cluster_id", string(), nullable, "The AKS cluster that it is."},
               {"cloudaccount", reference("cloudaccounts"), optional, "The account that it is in."},
               {"scan_count", integer().by_default(0), optional, "Security scans so far."},
           })
          .by_default(Json::object()),
      server_owned, "What the server knows of the cluster."};
}

}  // namespace

const Resource& kube_clusters() {
  static const Resource resource{
      .path = "kubeclusters",
      .title = "Kubecluster",
      .doc = "A Kubernetes cluster to back up from and restore to.",
      .fields =
          {
              name_field(unique),
              {"description", string(), optional, "Shown to people."},
              owner_field(),
              tags_field(),
              {"kubeconfig", string(1, kKubeconfigMax), write_only,
               "How to reach the cluster, as YAML. Stored sealed and never shown."},
              {"in_cluster", boolean(), optional,
               "Whether it is the cluster that the server itself runs in."},
              provider_field("backup_provider", "Where copies of its backups go by default."),
              {"image_pull_secret_name", string(), optional,
               "Secret for pulling the agent's image."},
              {"container_registry", string(), optional, "Registry of the agent's image."},
              {"configuration", map(any()), optional, "Settings of the agent."},
              {"features", map(any()), server_owned, "What the cluster can do."},
              status_field(),
          },
      .indexes = {{"_updated"}},
      .example = {{"name", "testcluster"}, {"description", "the one that runs the shop"}},
  };
  return resource;
}

}  // namespace salvor::resources
