#include "grid/forecast/model_registry.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "grid/forecast/features.h"
#include "provenance/graph.h"

namespace olivine {
namespace {

using Json = nlohmann::ordered_json;
constexpr const char* kSchema = "olivine.forecast_model/1";
constexpr std::size_t kMaxBytes = 256U << 20U;

Json lead_json(const TrainedLead& lead) {
  Json ridge = Json::array();
  for (const RidgeModel& m : lead.ridge)
    ridge.push_back({{"mean", m.mean},
                     {"deviation", m.deviation},
                     {"weight", m.weight},
                     {"intercept", m.intercept},
                     {"clip", m.clip}});
  return {{"ridge", ridge}, {"trees", lead.trees_json}, {"trees_on_ridge", lead.residual_trees_json}};
}

TrainedLead lead_from(const Json& json) {
  TrainedLead lead;
  for (const Json& m : json.at("ridge"))
    lead.ridge.push_back({m.at("mean"), m.at("deviation"), m.at("weight"), m.at("intercept"), m.at("clip")});
  lead.trees_json = json.at("trees");
  lead.residual_trees_json = json.at("trees_on_ridge");
  return lead;
}

bool is_whole(const ModelRecord& record) {
  for (const TrainedLead& lead : record.leads) {
    if (lead.ridge.size() != kSlots) return false;
    for (const RidgeModel& m : lead.ridge)
      if (m.mean.size() != record.features.size() || m.deviation.size() != m.mean.size() ||
          m.weight.size() != m.mean.size())
        return false;
  }
  return true;
}

}  // namespace

std::string model_json(const ModelRecord& r) {
  Json weights = Json::object();
  for (const auto& [name, weight] : r.weights) weights[name] = weight;
  Json leads = Json::array();
  for (const TrainedLead& lead : r.leads) leads.push_back(lead_json(lead));
  const Json json{{"schema", kSchema},
                  {"zone", r.zone},
                  {"issued_at_ns", r.issued_at.ns},
                  {"trained_from_ns", r.trained_from.ns},
                  {"trained_to_ns", r.trained_to.ns},
                  {"data_hash", r.data_hash},
                  {"seed", r.seed},
                  {"xgboost", r.xgboost_version},
                  {"features", r.features},
                  {"weights", weights},
                  {"leads", leads}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string model_file_name(std::string_view json) { return content_hash(json) + ".json"; }

Result<ModelRecord> parse_model(std::string_view name, std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded() || !json.is_object())
    return fail(ErrorKind::kCorrupt, fmt::format("{} is no JSON object; train the model again", name));
  if (json.value("schema", Json()) != kSchema)
    return fail(ErrorKind::kUnsupported, fmt::format("{} is no {}; train the model again", name, kSchema));
  try {
    ModelRecord r;
    r.zone = json.at("zone");
    r.issued_at.ns = json.at("issued_at_ns");
    r.trained_from.ns = json.at("trained_from_ns");
    r.trained_to.ns = json.at("trained_to_ns");
    r.data_hash = json.at("data_hash");
    r.seed = json.at("seed");
    r.xgboost_version = json.at("xgboost");
    r.features = json.at("features").get<std::vector<std::string>>();
    for (const auto& [member, weight] : json.at("weights").items())
      r.weights.emplace_back(member, weight.get<double>());
    for (const Json& lead : json.at("leads")) r.leads.push_back(lead_from(lead));
    if (!is_whole(r))
      return fail(ErrorKind::kCorrupt,
                  fmt::format("{}: coefficients and features differ in number; train the model again", name));
    return r;
  } catch (const nlohmann::json::exception& e) {
    return fail(ErrorKind::kCorrupt, fmt::format("{}: {}; train the model again", name, e.what()));
  }
}

Result<ModelRecord> read_model(FileSystem& files, const std::string& path) {
  OLIVINE_TRY(const std::string text, read_text(files, path, kMaxBytes));
  const std::string wanted = model_file_name(text);
  if (path.substr(path.rfind('/') + 1) != wanted)
    return fail(ErrorKind::kCorrupt,
                fmt::format("{}: its content is that of {}; it was changed or renamed", path, wanted));
  return parse_model(path, text);
}

Result<std::vector<std::vector<double>>> predict_with(const ModelRecord& record, const DayGrid& grid, std::size_t lead,
                                                      const BoostedTrees::Library& library) {
  if (feature_names(grid) != record.features || lead >= record.leads.size())
    return fail(ErrorKind::kInvalid,
                "the model was trained on other features or for fewer days; train it again on these data");
  const TrainedLead& model = record.leads[lead];
  std::vector<std::vector<double>> out(1);
  FloatRows plain{record.features.size() + 1, {}}, on_ridge{record.features.size() + 3, {}};
  for (std::size_t slot = 0; slot < kSlots; ++slot) {
    const std::vector<double> x = features_of(grid, grid.known_days, lead, slot);
    const double ridge = model.ridge[slot].predict(x);
    out[0].push_back(ridge);
    for (const double v : x) plain.values.push_back(static_cast<float>(v));
    plain.values.push_back(static_cast<float>(slot));
    on_ridge.values.insert(on_ridge.values.end(), plain.values.end() - static_cast<std::ptrdiff_t>(plain.columns),
                           plain.values.end());
    on_ridge.values.push_back(static_cast<float>(ridge));
    on_ridge.values.push_back(static_cast<float>(ridge - grid.target.week_at(grid.known_days, slot)));
  }
  if (!library || model.trees_json.empty()) return out;
  for (const bool residual : {false, true}) {
    OLIVINE_TRY(const BoostedTrees trees,
                BoostedTrees::from_json(library, residual ? model.residual_trees_json : model.trees_json));
    OLIVINE_TRY(std::vector<double> values, trees.predict(residual ? on_ridge : plain));
    for (std::size_t slot = 0; slot < kSlots; ++slot)
      values[slot] += residual ? out[0][slot] : grid.target.week_at(grid.known_days, slot);
    out.push_back(std::move(values));
  }
  return out;
}

}  // namespace olivine
