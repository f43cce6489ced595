#include "grid/forecast/xgboost_api.h"

#include <dlfcn.h>
#include <fmt/core.h>

#include <cstring>

#include "base/text.h"

namespace olivine {
namespace {

template <class Function>
bool find(void* library, const char* name, Function& function) {
  void* const address = dlsym(library, name);
  static_assert(sizeof address == sizeof function);
  std::memcpy(&function, &address, sizeof function);  // POSIX lets dlsym's pointer be one to a function
  return address != nullptr;
}

bool find_all(void* library, XgboostApi& api) {
  bool all = find(library, "XGBoostVersion", api.version);
  all = find(library, "XGBGetLastError", api.last_error) && all;
  all = find(library, "XGDMatrixCreateFromMat_omp", api.matrix_create) && all;
  all = find(library, "XGDMatrixFree", api.matrix_free) && all;
  all = find(library, "XGDMatrixSetFloatInfo", api.matrix_set_floats) && all;
  all = find(library, "XGBoosterCreate", api.booster_create) && all;
  all = find(library, "XGBoosterFree", api.booster_free) && all;
  all = find(library, "XGBoosterSetParam", api.booster_set) && all;
  all = find(library, "XGBoosterUpdateOneIter", api.booster_update) && all;
  all = find(library, "XGBoosterPredict", api.booster_predict) && all;
  all = find(library, "XGBoosterSaveModelToBuffer", api.booster_save) && all;
  return find(library, "XGBoosterLoadModelFromBuffer", api.booster_load) && all;
}

}  // namespace

Result<std::shared_ptr<const XgboostLibrary>> XgboostLibrary::load(const std::string& path) {
  void* library = nullptr;
  for (const char* name : {"libxgboost.so.0", "libxgboost.so"}) {
    library = dlopen(path.empty() ? name : path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library != nullptr || !path.empty()) break;
  }
  if (library == nullptr)
    return fail(ErrorKind::kUnsupported,
                "XGBoost is not installed, so there are no boosted trees; Debian has it as libxgboost0");
  std::shared_ptr<XgboostLibrary> loaded(new XgboostLibrary(library));
  if (!find_all(library, loaded->api_))
    return fail(ErrorKind::kUnsupported,
                "the XGBoost library lacks functions of version 1.7, so there are no boosted trees; install Debian's "
                "libxgboost0");
  return loaded;
}

XgboostLibrary::~XgboostLibrary() { dlclose(library_); }

std::string XgboostLibrary::version() const {
  int major = 0, minor = 0, patch = 0;
  api_.version(&major, &minor, &patch);
  return fmt::format("{}.{}.{}", major, minor, patch);
}

Status XgboostLibrary::check(int code, const char* what) const {
  if (code == 0) return {};
  const std::string words = printable(api_.last_error());
  return fail(ErrorKind::kInternal, fmt::format("XGBoost, {}: {}", what, words.substr(0, words.find('\n'))));
}

}  // namespace olivine
