// Parquet, in and out, through DuckDB's C API, whose library is loaded when a Parquet file is named and not before.
//
// Debian has no Parquet library small enough to link; DuckDB's shared library (MIT, npm @duckdb/node-bindings-linux-x64)
// reads and writes it. Seven functions are declared here by hand; the names are those of DuckDB 1.4. Data pass
// as CSV through anonymous memory: numbers are cast to DOUBLE and written with the shortest text that reads back the same, so
// no bit is lost, and times without a time zone are refused by the reader of CSV as they are in a CSV file.
//
// DuckDB may not fetch extensions: nothing leaves the machine.
// Units: as Rows. Errors: kUnsupported when the library is not there (names the package), kInvalid with DuckDB's words.
// Threads: one user. Lifetime: the library stays loaded until the program ends.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace olivine::features {

class DuckDb {
 public:
  // `library` as the user set it (OLIVINE_DUCKDB); empty: the usual places of the system.
  static Result<std::unique_ptr<DuckDb>> load(const std::string& library);
  ~DuckDb();
  DuckDb(const DuckDb&) = delete;
  DuckDb& operator=(const DuckDb&) = delete;
  Status run(const std::string& sql);

 private:
  struct Api;
  explicit DuckDb(std::unique_ptr<Api> api);
  std::unique_ptr<Api> api_;
  void *database_ = nullptr, *connection_ = nullptr;
};

bool is_parquet(std::string_view path);  // ends with ".parquet"
// These columns of a Parquet file as CSV with a header.
Result<std::string> csv_from_parquet(DuckDb& duck, const std::string& path,
                                     const std::vector<std::string>& text_columns,
                                     const std::vector<std::string>& number_columns);
// What csv_from_frame wrote, as a Parquet file: the first column text, the second TIMESTAMP WITH TIME ZONE, the others DOUBLE.
Status parquet_from_csv(DuckDb& duck, const std::string& csv, const std::string& path);

}  // namespace olivine::features
