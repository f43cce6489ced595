#include "report/figure_text.h"

#include <gtest/gtest.h>

#include <limits>

#include "report/record_fixture.h"
#include "report/text_layout.h"

namespace olivine {
namespace {

FigureView energy_view(double j, double lower, double upper) {
  Figure<Energy> f;
  f.value = Estimate<Energy>::of(joules(j), joules(lower), joules(upper), "x");
  return view_of(f);
}

TEST(FigureText, TheRangeDecidesTheDigits) {
  EXPECT_EQ(value_and_range_text(energy_view(1476, 1044, 2088)), "0.41 Wh (0.29 .. 0.58)");
  EXPECT_EQ(value_and_range_text(energy_view(1476, 1470, 1482)), "0.41 Wh (0.408 .. 0.412)");
  EXPECT_EQ(value_text(energy_view(1476, 1476, 1476)), "0.41 Wh");
  EXPECT_EQ(range_text(energy_view(1476, 1476, 1476)), "");
}

TEST(FigureText, SmallAndLargeValuesKeepReadableUnits) {
  EXPECT_EQ(value_text(energy_view(0.375, 0.375, 0.375)), "0.000104 Wh");
  EXPECT_EQ(value_text(energy_view(0.25, 0.25, 0.25)), "0.25 J");
  EXPECT_EQ(value_text(energy_view(0.002, 0.002, 0.002)), "2 mJ");
  EXPECT_EQ(value_text(energy_view(0, 0, 0)), "0 Wh");
  EXPECT_EQ(value_text(energy_view(7.2e6, 7.2e6, 7.2e6)), "2 kWh");
  EXPECT_EQ(value_text(energy_view(1.8e10, 1.8e10, 1.8e10)), "5 MWh");
}

TEST(FigureText, TwoNumbersOfOneLineShareTheirUnit) {
  const auto carbon = [](double g) {
    Figure<Carbon> f;
    f.value = Estimate<Carbon>::exactly(grams(g));
    return view_of(f);
  };
  EXPECT_EQ(value_text(carbon(0.000099)), "0.099 mg");
  EXPECT_EQ(value_text_beside(carbon(0.0057), carbon(0.000099)), "5.7 mg");
  EXPECT_EQ(value_text_beside(carbon(30), carbon(0.000099)), "30 g") << "30000 mg reads worse";
  EXPECT_EQ(value_text_beside(carbon(30), carbon(0)), "30 g");
}

TEST(FigureText, ExactMicrojoulesPrintAsTheirDecimals) {
  Figure<Energy> f;
  f.exact = microjoule_amount(5'176'802);
  f.value = Estimate<Energy>::exactly(to_energy(*f.exact));
  EXPECT_EQ(view_of(f).value, 5.176802);
  EXPECT_LE(*view_of(f).lower, *view_of(f).value);
  EXPECT_GE(*view_of(f).upper, *view_of(f).value);
}

TEST(FigureText, UnknownIsNeverZero) {
  Figure<Energy> f = Figure<Energy>::unknown("why");
  EXPECT_EQ(value_text(view_of(f)), "unknown");
  f.at_least = joules(432);
  EXPECT_EQ(value_text(view_of(f)), "unknown (at least 0.12 Wh)");
  f.at_least = joules(0);
  EXPECT_EQ(value_text(view_of(f)), "unknown");
  EXPECT_EQ(value_text(view_of(Figure<Carbon>())), "unknown");
  EXPECT_EQ(view_of(Figure<Carbon>()).reason, "not known");
}

TEST(FigureText, NumbersThatAreNotFiniteAreUnknown) {
  Figure<Energy> f;
  f.value = Estimate<Energy>::exactly(joules(std::numeric_limits<double>::quiet_NaN()));
  EXPECT_FALSE(view_of(f).known());
  f.value = Estimate<Energy>::exactly(joules(std::numeric_limits<double>::infinity()));
  EXPECT_EQ(value_text(view_of(f)), "unknown");
}

TEST(FigureText, RangesOfWhatCannotBeNegativeEndAtZero) {
  Figure<Carbon> carbon;
  carbon.value = Estimate<Carbon>(Spread(1.0, {{"a", -0.9, 1.0}, {"b", -0.9, 1.0}}));
  ASSERT_LT(carbon.value->lower().canonical(), 0.0);
  EXPECT_EQ(view_of(carbon).lower, 0.0);
  EXPECT_EQ(range_text(view_of(carbon)), "0 .. 2.4");
  Figure<Money> money;  // a price can be negative
  money.value = Estimate<Money>(Spread(1.0, {{"price", -2.0, 2.0}}));
  EXPECT_EQ(view_of(money).lower, -1.0);
}

TEST(FigureText, PercentNeverRoundsToAllOrNothing) {
  EXPECT_EQ(percent_text(0.71), "71 %");
  EXPECT_EQ(percent_text(0.0695), "7 %");
  EXPECT_EQ(percent_text(0.004), "0.4 %");
  EXPECT_EQ(percent_text(0.00001), "< 0.1 %");
  EXPECT_EQ(percent_text(0.0), "0 %");
  EXPECT_EQ(percent_text(0.99999), "99.9 %");
  EXPECT_EQ(percent_text(1.0), "100 %");
  EXPECT_EQ(percent_text(std::numeric_limits<double>::quiet_NaN()), "unknown");
}

TEST(FigureText, SignificantDigits) {
  EXPECT_EQ(significant(0.02296, 2), "0.023");
  EXPECT_EQ(significant(0.04, 2), "0.04");
  EXPECT_EQ(significant(1234.5, 2), "1234");
  EXPECT_EQ(significant(-0.5, 3), "-0.5");
  EXPECT_EQ(significant(1.5e-7, 2), "1.5e-07");
  EXPECT_EQ(significant(0.0, 2), "0");
}

TEST(TextLayout, WrapsCutsAndPadsByCharacters) {
  TextStyle style;
  style.width = 30;
  EXPECT_EQ(wrapped("one two three four five six seven", 10, style), "one two three four\n          five six seven");
  EXPECT_EQ(cut("abcdefgh", 5), "abc..");
  EXPECT_EQ(cut("\xc3\xa9\xc3\xa9", 2), "\xc3\xa9\xc3\xa9");
  EXPECT_EQ(padded("\xc3\xa9", 3), "\xc3\xa9  ");
  EXPECT_EQ(padded("7", 3, true), "  7");
  style.ascii = true;
  EXPECT_EQ(safe("caf\xc3\xa9\x1b[31m", style), "caf??[31m");
}

TEST(TextLayout, CommandsAreQuotedAsTyped) {
  const std::vector<std::string> words{"python", "it's", "", "a b", "--x=1"};
  EXPECT_EQ(command_line(words), "python 'it'\\''s' '' 'a b' --x=1");
}

}  // namespace
}  // namespace olivine
