#include "engine/stated_default.h"

#include <stdexcept>

#include "provenance/defaults.h"

namespace olivine {

StatedValue from_default(std::string_view key) {
  const auto row = default_value(key);
  if (!row) throw std::logic_error(row.error().message);
  return {row->value, row->lower, row->upper, row->basis, row->row.text()};
}

}  // namespace olivine
