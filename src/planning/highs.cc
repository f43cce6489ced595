#include "planning/highs.h"

#include <dlfcn.h>
#include <fmt/core.h>

#include <array>
#include <cmath>

#include "base/text.h"

namespace olivine {
namespace {

constexpr std::array<const char*, 4> kPlaces{"/usr/local/lib/libhighs.so", "/usr/lib/x86_64-linux-gnu/libhighs.so.1",
                                             "/usr/lib/x86_64-linux-gnu/libhighs.so", "/usr/lib/libhighs.so"};
constexpr const char* kPackage =
    "pip install highsbox brings it; then set OLIVINE_HIGHS to its highs_dist/lib/libhighs.so";

// Constants of HiGHS's C API.
constexpr int kColumnWise = 1, kMinimise = 1, kStatusError = -1;
constexpr int kModelOptimal = 7, kModelInfeasible = 8, kModelTimeLimit = 13;

Result<void*> open_library(const std::string& library) {
  if (!library.empty()) {
    if (void* handle = ::dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL)) return handle;
    return fail(ErrorKind::kUnsupported, fmt::format("OLIVINE_HIGHS: {}; {}", printable(::dlerror()), kPackage));
  }
  for (const char* place : kPlaces)
    if (void* handle = ::dlopen(place, RTLD_NOW | RTLD_LOCAL)) return handle;
  return fail(ErrorKind::kUnsupported, fmt::format("HiGHS is not installed: {}", kPackage));
}

}  // namespace

struct Highs::Api {
  void* (*create)() = nullptr;
  void (*destroy)(void*) = nullptr;
  const char* (*version)() = nullptr;
  int (*set_bool)(void*, const char*, int) = nullptr;
  int (*set_double)(void*, const char*, double) = nullptr;
  int (*pass_mip)(void*, int columns, int rows, int entries, int format, int sense, double offset, const double* cost,
                  const double* lower, const double* upper, const double* row_lower, const double* row_upper,
                  const int* begin, const int* row, const double* value, const int* whole) = nullptr;
  int (*set_solution)(void*, const double*, const double*, const double*, const double*) = nullptr;
  int (*run)(void*) = nullptr;
  int (*model_status)(const void*) = nullptr;
  int (*solution)(const void*, double*, double*, double*, double*) = nullptr;
  int (*double_info)(const void*, const char*, double*) = nullptr;

  template <class Function>
  static bool find(void* library, const char* name, Function& function) {
    function = reinterpret_cast<Function>(::dlsym(library, name));
    return function != nullptr;
  }
  bool fill(void* library) {
    return find(library, "Highs_create", create) && find(library, "Highs_destroy", destroy) &&
           find(library, "Highs_version", version) && find(library, "Highs_setBoolOptionValue", set_bool) &&
           find(library, "Highs_setDoubleOptionValue", set_double) && find(library, "Highs_passMip", pass_mip) &&
           find(library, "Highs_setSolution", set_solution) && find(library, "Highs_run", run) &&
           find(library, "Highs_getModelStatus", model_status) && find(library, "Highs_getSolution", solution) &&
           find(library, "Highs_getDoubleInfoValue", double_info);
  }
};

void IntegerProgramme::column(double c, double low, double high, bool is_whole) {
  cost.push_back(c);
  lower.push_back(low);
  upper.push_back(high);
  whole.push_back(is_whole);
  column_begin.push_back(column_begin.back());
}

void IntegerProgramme::entry(std::size_t r, double v) {
  row.push_back(static_cast<int>(r));
  value.push_back(v);
  ++column_begin.back();
}

Highs::Highs(std::unique_ptr<Api> api) : api_(std::move(api)) {}
Highs::~Highs() = default;

std::string Highs::version() const {
  const char* text = api_->version();
  return text == nullptr ? std::string("unknown") : printable(text);
}

Result<std::unique_ptr<Highs>> Highs::load(const std::string& library) {
  OLIVINE_TRY(void* const handle, open_library(library));
  auto api = std::make_unique<Api>();
  if (!api->fill(handle))
    return fail(ErrorKind::kUnsupported, fmt::format("the library does not have HiGHS's C API; {}", kPackage));
  return std::unique_ptr<Highs>(new Highs(std::move(api)));
}

Result<IntegerSolution> Highs::solve(const IntegerProgramme& p, double seconds, const std::vector<double>& start) {
  const std::unique_ptr<void, void (*)(void*)> model(api_->create(), api_->destroy);
  if (!model) return fail(ErrorKind::kTransient, "HiGHS does not start; is memory short?");
  void* h = model.get();
  const auto columns = static_cast<int>(p.columns()), rows = static_cast<int>(p.row_lower.size());
  std::vector<int> whole(p.whole.begin(), p.whole.end());
  bool ok = api_->set_bool(h, "output_flag", 0) != kStatusError &&
            api_->set_double(h, "time_limit", seconds) != kStatusError &&
            api_->set_double(h, "mip_rel_gap", 0.0) != kStatusError &&
            api_->set_double(h, "mip_abs_gap", 1e-9) != kStatusError;
  ok = ok && api_->pass_mip(h, columns, rows, static_cast<int>(p.row.size()), kColumnWise, kMinimise, 0.0,
                            p.cost.data(), p.lower.data(), p.upper.data(), p.row_lower.data(), p.row_upper.data(),
                            p.column_begin.data(), p.row.data(), p.value.data(), whole.data()) != kStatusError;
  if (!ok) return fail(ErrorKind::kInvalid, "HiGHS refuses the model");
  if (start.size() == p.columns()) api_->set_solution(h, start.data(), nullptr, nullptr, nullptr);
  const int ran = api_->run(h), status = api_->model_status(h);
  if (status == kModelInfeasible) return fail(ErrorKind::kNotFound, "no schedule holds the capacity and the deadlines");
  if (ran == kStatusError || (status != kModelOptimal && status != kModelTimeLimit))
    return fail(ErrorKind::kInvalid, fmt::format("HiGHS ended with status {}", status));
  IntegerSolution solution;
  solution.optimal = status == kModelOptimal;
  solution.x.resize(p.columns());
  std::vector<double> duals(p.columns()), row_values(p.row_lower.size()), row_duals(p.row_lower.size());
  if (api_->solution(h, solution.x.data(), duals.data(), row_values.data(), row_duals.data()) == kStatusError ||
      api_->double_info(h, "objective_function_value", &solution.value) == kStatusError ||
      api_->double_info(h, "mip_dual_bound", &solution.bound) == kStatusError)
    return fail(ErrorKind::kInvalid, "HiGHS gives no solution");
  if (!std::isfinite(solution.value)) return fail(ErrorKind::kNotFound, "HiGHS found no schedule in time");
  return solution;
}

}  // namespace olivine
