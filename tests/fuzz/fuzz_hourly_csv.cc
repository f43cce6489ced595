// Fuzzes the hourly table that forecasts read: any bytes give a table whose columns have one length, or an error of one line.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "grid/forecast/hourly_table.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto table = olivine::parse_hourly_csv("x.csv", text);
  if (!table) {
    if (table.error().message.find('\n') != std::string::npos) std::abort();
    return 0;
  }
  if (table->columns.size() != table->values.size() || table->hours() == 0) std::abort();
  for (const auto& column : table->values) {
    if (column.size() != table->hours()) std::abort();
    for (const double value : column)
      if (std::isinf(value)) std::abort();
  }
  return 0;
}
