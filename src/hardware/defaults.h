// Default and default_value stand in provenance, below both users: grid and hardware may not see each other.
#pragma once

#include "provenance/defaults.h"  // IWYU pragma: export
