// The NVML helper process of tests: what `olivine --nvml-helper` runs, as a program of its own.
#include <span>

#include "sensors/nvml/nvml_worker.h"

int main(int argc, char** argv) {
  return olivine::nvml_helper_main(std::span<const char* const>(argv + 1, static_cast<std::size_t>(argc - 1)));
}
