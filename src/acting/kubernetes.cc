#include "acting/kubernetes.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "base/text.h"

namespace olivine {
namespace {

using Json = nlohmann::ordered_json;

Result<std::string> checked_name(std::string_view what, std::string_view name) {
  const auto good = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  bool valid = !name.empty() && name.size() <= 253 && good(name.front()) && good(name.back());
  for (const char c : name) valid = valid && (good(c) || c == '-' || c == '.');
  if (!valid)
    return fail(ErrorKind::kInvalid,
                fmt::format("\"{}\" is no name of a {}: small letters, digits and - only", printable(name), what));
  return std::string(name);
}

void add_namespace(std::vector<std::string>& words, std::string_view name_space) {
  if (!name_space.empty()) words.push_back(fmt::format("--namespace={}", name_space));
}

}  // namespace

std::string suspend_patch(bool suspend) { return fmt::format("{{\"spec\":{{\"suspend\":{}}}}}", suspend); }

Result<std::vector<std::string>> kubectl_patch_words(std::string_view job, std::string_view name_space, bool suspend) {
  OLIVINE_TRY(const std::string name, checked_name("job", job));
  if (!name_space.empty()) {
    OLIVINE_TRY(const std::string checked, checked_name("namespace", name_space));
  }
  std::vector<std::string> words{"kubectl", "patch", "job", name};
  add_namespace(words, name_space);
  words.insert(words.end(), {"--type=merge", "--patch=" + suspend_patch(suspend)});
  return words;
}

Result<std::string> suspended_manifest(std::string_view text,
                                       const std::vector<std::pair<std::string, std::string>>& annotations) {
  Json job = Json::parse(text, nullptr, false);
  if (!job.is_object())
    return fail(ErrorKind::kInvalid,
                "the manifest is not JSON; kubectl create --dry-run=client -o json -f FILE makes JSON of YAML");
  const auto is = [&](const char* key, std::string_view value) {
    return job.contains(key) && job[key].is_string() && job[key].get<std::string>() == value;
  };
  if (!is("apiVersion", "batch/v1") || !is("kind", "Job"))
    return fail(ErrorKind::kInvalid,
                "the manifest is not of apiVersion batch/v1, kind Job: only those can be suspended");
  for (const char* key : {"metadata", "spec"})
    if (job.contains(key) && !job[key].is_object())
      return fail(ErrorKind::kInvalid, fmt::format("the manifest's {} is no object", key));
  job["spec"]["suspend"] = true;
  Json& noted = job["metadata"]["annotations"];
  if (!noted.is_null() && !noted.is_object())
    return fail(ErrorKind::kInvalid, "the manifest's metadata.annotations is no object");
  for (const auto& [name, value] : annotations) noted["olivine.dev/" + name] = value;
  return job.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Status KubernetesHand::patch(bool suspend) {
  OLIVINE_TRY(const auto words, kubectl_patch_words(job_, name_space_, suspend));
  if (suspend) tell("resume");  // kept when it fails: the patch may have arrived all the same
  OLIVINE_TRY(const std::string said, output_of(run_, words));
  suspended_ = suspend;
  if (!suspend) tell("");
  return {};
}

Result<JobLook> KubernetesHand::look() {
  std::vector<std::string> words{"kubectl", "get", "job", job_};
  add_namespace(words, name_space_);
  words.push_back("--output=json");
  OLIVINE_TRY(const ProgramOutput said, run_(words));
  if (said.exit_code != 0 && said.err.find("NotFound") != std::string::npos) {
    tell("");
    return JobLook{.state = "", .runs = false, .ended = true, .well = std::nullopt, .code = std::nullopt};
  }
  if (said.exit_code != 0) return fail(ErrorKind::kTransient, fmt::format("kubectl: {}", printable(trim(said.err))));
  const Json job = Json::parse(said.out, nullptr, false);
  if (!job.is_object()) return fail(ErrorKind::kInvalid, "kubectl get job: its answer is not JSON");
  const Json status = job.contains("status") && job["status"].is_object() ? job["status"] : Json::object();
  const auto count = [&](const char* key) {
    return status.contains(key) && status[key].is_number_integer() ? status[key].get<std::int64_t>() : 0;
  };
  JobLook look;
  look.runs = count(status.contains("ready") ? "ready" : "active") > 0;
  look.state = look.runs ? "running" : count("active") > 0 ? "starting" : "not running";
  if (!status.contains("conditions") || !status["conditions"].is_array()) return look;
  for (const Json& condition : status["conditions"]) {
    if (!condition.is_object()) continue;
    const auto text = [&](const char* key) {
      return condition.contains(key) && condition[key].is_string() ? condition[key].get<std::string>() : "";
    };
    const std::string type = text("type");
    if ((type == "Complete" || type == "Failed") && text("status") == "True") {
      tell("");
      return JobLook{.state = type, .runs = false, .ended = true, .well = type == "Complete", .code = std::nullopt};
    }
  }
  return look;
}

}  // namespace olivine
