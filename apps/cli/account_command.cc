// account: a manifest's life-cycle footprint as text, JSON, a page, or the tree behind a figure.
#include <fmt/core.h>

#include "apps/cli/account_inputs.h"
#include "apps/cli/account_options.h"
#include "apps/cli/app.h"
#include "report/account_view.h"

namespace olivine::cli {
namespace {

Result<Account> account_of(App& app) {
  const AccountCommandOptions& o = app.options.of<AccountCommandOptions>();
  AccountOptions options{.zone = o.zone, .at = o.at, .signal = Signal::kAverage, .samples = o.samples, .seed = o.seed};
  OLIVINE_TRY(options.signal, signal_from(o.signal));
  return account_of_file(app, o.file, options);
}

int print_html(const AccountCommandOptions& o, const Account& account) {
  const std::string page = render_account_html(account);
  if (o.html_file.empty()) return print(page);
  if (const auto status = write_file(o.html_file, page); !status) return report_error(status.error());
  return 0;
}

}  // namespace

int account_command(App& app) {
  const AccountCommandOptions& o = app.options.of<AccountCommandOptions>();
  if (o.file.empty())
    return report_error(
        {ErrorKind::kInvalid, "which manifest? e.g. olivine account account.toml; olivine account init writes one"});
  const auto account = account_of(app);
  if (!account) return report_error(account.error());
  if (o.html || !o.html_file.empty()) return print_html(o, *account);
  if (app.options.json || !app.options.json_file.empty()) return print_json(app, render_account_json(*account));
  TextStyle style = app.style(false);
  style.width = app.columns(false).value_or(80);
  if (!o.explain.empty()) {
    const auto tree = explain_account(*account, o.explain, style);
    return tree ? print(*tree) : report_error(tree.error());
  }
  return print(render_account(*account, style));
}

}  // namespace olivine::cli
