#include "account/studies/study.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "base/text.h"

namespace olivine {
namespace {

std::string data_folder() { return std::string(OLIVINE_SOURCE_DIR) + "/../shared/data"; }
bool has_logs() { return std::filesystem::exists(data_folder() + "/impact_tracker/runs.csv"); }

StudyReport report_of(const Study& study) {
  RealFileSystem files;
  auto report = run_study(study, {files, has_logs() ? data_folder() : ""});
  if (!report) throw std::logic_error(study.name + ": " + report.error().message);
  return *report;
}

TEST(Studies, AllPapersOfTheIssueAreThere) {
  std::set<std::string> names;
  for (const Study& study : all_studies()) {
    names.insert(study.name);
    EXPECT_FALSE(study.manifests.empty()) << study.name;
    EXPECT_TRUE(study.manifests.front().path.ends_with("/account.toml")) << study.name;
    EXPECT_FALSE(study.expected.empty()) << study.name;
    EXPECT_GT(study.title.size(), 10U) << study.name;
  }
  EXPECT_EQ(names, (std::set<std::string>{"act", "bloom", "carbontracker", "dodge", "eco2ai", "federated-learning", "green-algorithms", "henderson", "ml-co2-impact",
                                          "patterson", "sci", "strubell", "wu"}));
}

TEST(Studies, EveryRowIsWithinItsTolerance) {
  std::size_t published = 0, slips = 0;
  for (const Study& study : all_studies()) {
    const StudyReport report = report_of(study);
    EXPECT_GE(report.rows.size(), 2U) << study.name;
    for (const StudyRow& row : report.rows) {
      EXPECT_NE(row.state, StudyRowState::kOut) << study.name << " " << row.expected.id << ": published " << row.expected.printed << ", recomputed "
                                                << (row.recomputed ? study_number(*row.recomputed) : row.reason) << " " << row.expected.unit << " (" << row.expected.tolerance.text << ")";
      if (row.expected.seen() && row.state != StudyRowState::kSkipped) ++published;
      if (row.state == StudyRowState::kSlip) {
        ++slips;
        EXPECT_FALSE(row.expected.why.empty()) << row.expected.id;
      }
      if (!row.expected.from_log()) {
        EXPECT_NE(row.state, StudyRowState::kSkipped) << row.expected.id;
      }
    }
  }
  EXPECT_GE(published, 190U);
  EXPECT_GE(slips, 15U);
}

TEST(Studies, FiveRawLogsToSixDigits) {
  if (!has_logs()) GTEST_SKIP() << "../shared/data/impact_tracker is absent";
  std::set<std::string> runs;
  for (const StudyRow& row : report_of(*find_study("henderson")).rows) {
    if (!row.expected.from_log()) continue;
    EXPECT_EQ(row.state, StudyRowState::kOk) << row.expected.id << ": " << (row.recomputed ? study_number(*row.recomputed) : row.reason);
    if (row.expected.tolerance.text == "6 digits") runs.insert(row.expected.manifest);
  }
  EXPECT_EQ(runs.size(), 5U);
}

TEST(Studies, WithoutTheLogsTheirRowsAreSkippedWithTheReason) {
  RealFileSystem files;
  for (const std::string folder : {"", "/nonexistent"}) {
    const auto report = run_study(*find_study("henderson"), {files, folder});
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_GE(report->count(StudyRowState::kSkipped), 25U);
    EXPECT_EQ(report->count(StudyRowState::kOut), 0U);
    for (const StudyRow& row : report->rows) {
      if (row.state == StudyRowState::kSkipped) {
        EXPECT_NE(row.reason.find("raw logs"), std::string::npos);
      }
    }
  }
}

std::size_t significant_digits(std::string_view number) {
  std::string digits;
  for (const char c : number.substr(0, number.find_first_of("eE")))
    if (c >= '0' && c <= '9') digits += c;
  digits.erase(0, digits.find_first_not_of('0'));
  return digits.size();
}

// Numbers of a line as values: "1_000", "3.14e23", "0.0589604".
std::vector<double> numbers_of(std::string_view line) {
  std::vector<double> found;
  for (std::size_t i = 0; i < line.size();) {
    const auto part_of_word = [&](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    const bool begins = line[i] >= '0' && line[i] <= '9' && (i == 0 || !part_of_word(line[i - 1]));
    if (!begins) {
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < line.size() && ((line[end] >= '0' && line[end] <= '9') || line[end] == '.' || ((line[end] == 'e') && end + 1 < line.size() && line[end + 1] >= '0' && line[end + 1] <= '9'))) ++end;
    if (const auto value = parse_double(line.substr(i, end - i))) found.push_back(*value);
    i = std::max(end, i + 1);
  }
  return found;
}

// A result of a paper may stand in expected.csv only. What is printed as a result of one table and used as an input of another says
// "printed intermediate" in its line.
TEST(Studies, NoResultStandsInAManifest) {
  for (const Study& study : all_studies()) {
    const auto rows = parse_expected("expected.csv", study.expected);
    ASSERT_TRUE(rows) << rows.error().message;
    for (const StudyFile& file : study.manifests)
      for (const std::string_view line : split(file.text, '\n')) {
        if (line.find("printed intermediate") != std::string_view::npos) continue;
        for (const double number : numbers_of(line))
          for (const ExpectedRow& row : *rows) {
            if (row.seen() && significant_digits(row.printed) >= 3) {
              EXPECT_NE(number, row.value) << file.path << ": " << line << " holds the result of " << row.id;
            }
          }
      }
  }
}

TEST(Studies, TheNumbersOfALineAreFound) {
  EXPECT_EQ(numbers_of("x = \"= 3.14e23 / (24.6e12 * 1e4) * 7 d\"  # t5_9"), (std::vector<double>{3.14e23, 24.6e12, 1e4, 7}));
  EXPECT_EQ(significant_digits("0.00070"), 2U);
  EXPECT_EQ(significant_digits("1,163,088"), 7U);
}

TEST(Studies, AnUnknownNameNamesTheNearest) {
  const auto study = find_study("blom");
  ASSERT_FALSE(study);
  EXPECT_EQ(study.error().kind, ErrorKind::kNotFound);
  EXPECT_NE(study.error().message.find("bloom"), std::string::npos);
}

TEST(Studies, TheTableNeverShowsAsPublishedWhatWasNotSeen) {
  const std::string table = studies_markdown({report_of(*find_study("act"))});
  EXPECT_NE(table.find("| cpa_28nm_coal_95 | - | 1614.857 |"), std::string::npos) << table.substr(0, 800);
}

}  // namespace
}  // namespace olivine
