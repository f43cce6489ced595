// Kubernetes' own switch for batch jobs: spec.suspend of batch/v1 Job. True keeps or ends the job's pods, false starts them. A job that is
// suspended while it runs loses its pods and begins anew from its own checkpoint: said wherever it is offered.
//
//   suspend_patch(true)                     {"spec":{"suspend":true}}        a JSON merge patch (RFC 7386)
//   kubectl_patch_words("train", "ml", true)  kubectl patch job train --namespace=ml --type=merge --patch={...}
//   suspended_manifest(job.json, plan)      the same manifest with spec.suspend, and the plan as annotations olivine.dev/...
//
// There is no client of the API here: kubectl, with whatever rights its user has, carries the patch.
//
// Units: none. Errors: kInvalid for a manifest that is no batch/v1 Job, or a name that Kubernetes would refuse (RFC 1123). Threads: one.
// Lifetime: values. Source: Kubernetes API reference, batch/v1 JobSpec.suspend (stable since 1.24).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "acting/job_hand.h"

namespace olivine {

std::string suspend_patch(bool suspend);
Result<std::vector<std::string>> kubectl_patch_words(std::string_view job, std::string_view name_space, bool suspend);
// `annotations`: name below olivine.dev/, value.
Result<std::string> suspended_manifest(std::string_view manifest_json,
                                       const std::vector<std::pair<std::string, std::string>>& annotations);

class KubernetesHand final : public JobHand {
 public:
  KubernetesHand(ProgramRunner run, std::string job, std::string name_space)
      : run_(std::move(run)), job_(std::move(job)), name_space_(std::move(name_space)) {}
  Status wait() override { return suspended_ == true ? Status{} : patch(true); }
  Status go() override { return patch(false); }
  // Ended: status.conditions has Complete or Failed, or there is no such job. It runs while a pod is ready; where Kubernetes does not
  // say that (before 1.24), while one is active, which may still wait for its node.
  Result<JobLook> look() override;
  // "resume" before the job is suspended, "" when it was let go or is over: what is to be done when we are gone.
  std::function<void(const std::string& undo)> before;

 private:
  Status patch(bool suspend);
  void tell(const std::string& undo) const {
    if (before) before(undo);
  }

  ProgramRunner run_;
  std::string job_, name_space_;
  std::optional<bool> suspended_;  // as we left it
};

}  // namespace olivine
