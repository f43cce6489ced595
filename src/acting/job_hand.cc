#include "acting/job_hand.h"

#include <fmt/core.h>

#include "base/text.h"

namespace olivine {

Result<std::string> output_of(const ProgramRunner& run, const std::vector<std::string>& words) {
  OLIVINE_TRY(const ProgramOutput said, run(words));
  if (said.exit_code == 0) return said.out;
  const std::string_view why = trim(said.err.empty() ? said.out : said.err);
  return fail(ErrorKind::kInvalid, fmt::format("{}: {}", words[0],
                                               why.empty() ? fmt::format("exit code {}", said.exit_code)
                                                           : printable(why.substr(0, why.find('\n')))));
}

}  // namespace olivine
