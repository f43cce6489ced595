// An account from a file, with everything that this machine knows: stored intensities, the ledger's runs, the catalogue.
//
// Units: those of its figures. Errors: kInvalid also for a file that is not there (a usage error). Threads: one. Lifetime: values.
#pragma once

#include <string>

#include "account/lifecycle/account.h"
#include "apps/cli/app.h"

namespace olivine::cli {

Result<Account> account_of_file(App& app, const std::string& file, const AccountOptions& options);

}  // namespace olivine::cli
