// CsvTable and FactRow stand in provenance, below both users of the fact tables: grid and hardware may not see each other.
#pragma once

#include "provenance/table.h"  // IWYU pragma: export
