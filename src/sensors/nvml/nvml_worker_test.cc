#include "sensors/nvml/nvml_worker.h"

#include <gtest/gtest.h>

namespace olivine {
namespace {

TEST(NvmlWorker, ArgumentsGoBothWays) {
  NvmlWorkerOptions options;
  options.library = "lib x.so";
  options.period = milliseconds(250);
  const auto words = worker_arguments(options);
  std::vector<const char*> raw;
  for (const std::string& word : words) raw.push_back(word.c_str());
  EXPECT_EQ(parse_worker_arguments(raw), options);
  raw[2] = "0";
  EXPECT_FALSE(parse_worker_arguments(raw));
  EXPECT_FALSE(parse_worker_arguments({}));
}

}  // namespace
}  // namespace olivine
