// XgboostLibrary: the few functions of XGBoost's C API that Olivine calls, found at run time.
//
// The declarations are our own, after the documented C ABI (XGBoost 1.7, c_api.h); nothing links against the library, so
// that `olivine run` never loads it. Debian: libxgboost0.
//
// Units: none. Errors: kUnsupported when the library or a function is missing, with the package to install; a call that
// fails carries XGBoost's own words. Threads: one; we ask XGBoost for one thread too, so that results repeat. Lifetime: the library
// stays loaded while a shared_ptr to it lives.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"

namespace olivine {

struct XgboostApi {
  using Handle = void*;
  void (*version)(int* major, int* minor, int* patch) = nullptr;
  const char* (*last_error)() = nullptr;
  int (*matrix_create)(const float* data, std::uint64_t rows, std::uint64_t columns, float missing, Handle* out,
                       int threads) = nullptr;
  int (*matrix_free)(Handle) = nullptr;
  int (*matrix_set_floats)(Handle, const char* field, const float* values, std::uint64_t count) = nullptr;
  int (*booster_create)(const Handle* matrices, std::uint64_t count, Handle* out) = nullptr;
  int (*booster_free)(Handle) = nullptr;
  int (*booster_set)(Handle, const char* name, const char* value) = nullptr;
  int (*booster_update)(Handle, int round, Handle matrix) = nullptr;
  int (*booster_predict)(Handle, Handle matrix, int mask, unsigned tree_limit, int training, std::uint64_t* count,
                         const float** out) = nullptr;
  int (*booster_save)(Handle, const char* config, std::uint64_t* size, const char** out) = nullptr;
  int (*booster_load)(Handle, const void* data, std::uint64_t size) = nullptr;
};

class XgboostLibrary {
 public:
  // `path` names the library; empty: the system's.
  static Result<std::shared_ptr<const XgboostLibrary>> load(const std::string& path = "");
  ~XgboostLibrary();
  XgboostLibrary(const XgboostLibrary&) = delete;
  XgboostLibrary& operator=(const XgboostLibrary&) = delete;
  const XgboostApi& api() const { return api_; }
  std::string version() const;                     // "1.7.4"
  Status check(int code, const char* what) const;  // an error with XGBoost's words when code is not 0

 private:
  explicit XgboostLibrary(void* library) : library_(library) {}
  void* library_;
  XgboostApi api_;
};

}  // namespace olivine
