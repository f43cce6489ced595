// Fuzzes the manifest: any bytes give a manifest or one line; a manifest that is taken gives an account or one line, in which every
// known figure is finite and every range encloses something.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "account/lifecycle/account.h"
#include "account/lifecycle/grid_intensity.h"
#include "report/account_view.h"

namespace {

using namespace olivine;

void one_line(const Error& error) {
  if (error.message.find('\n') != std::string::npos || error.message.size() > 20'000) std::abort();
}

void check(const Account& account) {
  for (const AccountFigure& f : account.figures) {
    for (const auto& number : {f.value, f.lower, f.upper, f.at_least})
      if (number && !std::isfinite(*number)) std::abort();
    if (f.lower && f.upper && *f.lower > *f.upper) std::abort();
    if (!f.value && f.reason.empty()) std::abort();
  }
  if (render_account(account, {}).find('\x1b') != std::string::npos) std::abort();
  if (render_account_html(account).find("<script") != std::string::npos) std::abort();
  (void)render_account_json(account);
  if (account.find("total.carbon") != nullptr && !explain_account(account, "carbon", {})) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto manifest = parse_manifest(text, "m.toml");
  if (!manifest) {
    one_line(manifest.error());
    return 0;
  }
  GridIntensity intensity(nullptr, {1'700'000'000'000'000'000});
  AccountOptions options;
  options.samples = 200;
  const auto account = evaluate_account(*manifest, {&intensity, nullptr, nullptr, nullptr}, options);
  if (!account)
    one_line(account.error());
  else
    check(*account);
  return 0;
}
