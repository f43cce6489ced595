#include "grid/forecast/boosted_trees.h"

#include <fmt/core.h>

#include <array>
#include <limits>
#include <utility>

namespace olivine {
namespace {

// XGBoost's own copy of some rows.
class Rows {
 public:
  static Result<Rows> make(const XgboostLibrary& library, const FloatRows& x) {
    Rows rows(library);
    const int code = library.api().matrix_create(x.values.data(), x.rows(), x.columns,
                                                 std::numeric_limits<float>::quiet_NaN(), &rows.handle_, 1);
    OLIVINE_CHECK_STATUS(library.check(code, "rows"));
    return rows;
  }
  ~Rows() {
    if (handle_ != nullptr) library_->api().matrix_free(handle_);
  }
  Rows(Rows&& other) noexcept : library_(other.library_), handle_(std::exchange(other.handle_, nullptr)) {}
  Rows& operator=(Rows&&) = delete;
  XgboostApi::Handle handle() const { return handle_; }

 private:
  explicit Rows(const XgboostLibrary& library) : library_(&library) {}
  const XgboostLibrary* library_;
  XgboostApi::Handle handle_ = nullptr;
};

Status configure(const XgboostLibrary& library, XgboostApi::Handle booster, const TreeSettings& s) {
  const std::array<std::pair<const char*, std::string>, 11> parameters{
      {{"objective", "reg:squarederror"},
       {"tree_method", "hist"},
       {"nthread", "1"},
       {"verbosity", "0"},
       {"eta", fmt::format("{}", s.learning_rate)},
       {"max_depth", fmt::format("{}", s.depth)},
       {"min_child_weight", fmt::format("{}", s.least_child_weight)},
       {"subsample", fmt::format("{}", s.row_share)},
       {"colsample_bytree", fmt::format("{}", s.column_share)},
       {"max_bin", fmt::format("{}", s.bins)},
       {"seed", fmt::format("{}", s.seed)}}};
  for (const auto& [name, value] : parameters)
    OLIVINE_CHECK_STATUS(library.check(library.api().booster_set(booster, name, value.c_str()), name));
  return {};
}

}  // namespace

BoostedTrees::~BoostedTrees() {
  if (booster_ != nullptr) library_->api().booster_free(booster_);
}
BoostedTrees::BoostedTrees(BoostedTrees&& other) noexcept
    : library_(std::move(other.library_)), booster_(std::exchange(other.booster_, nullptr)) {}
BoostedTrees& BoostedTrees::operator=(BoostedTrees&& other) noexcept {
  std::swap(library_, other.library_);
  std::swap(booster_, other.booster_);
  return *this;
}

Result<BoostedTrees> BoostedTrees::fit(Library library, const FloatRows& x, const std::vector<float>& y,
                                       const TreeSettings& settings) {
  if (x.rows() == 0 || x.rows() != y.size())
    return fail(ErrorKind::kInvalid, fmt::format("boosted trees: {} rows and {} values", x.rows(), y.size()));
  OLIVINE_TRY(const Rows rows, Rows::make(*library, x));
  OLIVINE_CHECK_STATUS(
      library->check(library->api().matrix_set_floats(rows.handle(), "label", y.data(), y.size()), "labels"));
  XgboostApi::Handle booster = nullptr;
  XgboostApi::Handle matrix = rows.handle();
  OLIVINE_CHECK_STATUS(library->check(library->api().booster_create(&matrix, 1, &booster), "create"));
  BoostedTrees trees(std::move(library), booster);
  OLIVINE_CHECK_STATUS(configure(*trees.library_, booster, settings));
  for (int round = 0; round < settings.rounds; ++round)
    OLIVINE_CHECK_STATUS(trees.library_->check(trees.library_->api().booster_update(booster, round, matrix), "train"));
  return trees;
}

Result<BoostedTrees> BoostedTrees::from_json(Library library, std::string_view json) {
  XgboostApi::Handle booster = nullptr;
  OLIVINE_CHECK_STATUS(library->check(library->api().booster_create(nullptr, 0, &booster), "create"));
  BoostedTrees trees(std::move(library), booster);
  OLIVINE_CHECK_STATUS(
      trees.library_->check(trees.library_->api().booster_load(booster, json.data(), json.size()), "load"));
  OLIVINE_CHECK_STATUS(trees.library_->check(trees.library_->api().booster_set(booster, "nthread", "1"), "load"));
  return trees;
}

Result<std::vector<double>> BoostedTrees::predict(const FloatRows& x) const {
  if (x.rows() == 0) return std::vector<double>{};
  OLIVINE_TRY(const Rows rows, Rows::make(*library_, x));
  std::uint64_t count = 0;
  const float* out = nullptr;
  OLIVINE_CHECK_STATUS(
      library_->check(library_->api().booster_predict(booster_, rows.handle(), 0, 0, 0, &count, &out), "predict"));
  return std::vector<double>(out, out + count);
}

Result<std::string> BoostedTrees::to_json() const {
  std::uint64_t size = 0;
  const char* bytes = nullptr;
  OLIVINE_CHECK_STATUS(
      library_->check(library_->api().booster_save(booster_, "{\"format\": \"json\"}", &size, &bytes), "save"));
  return std::string(bytes, size);
}

}  // namespace olivine
