#include "account/expression/expression.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

namespace olivine {
namespace {

const UnitRules kEuro{.currency = "EUR"};

struct QuantityCase {
  const char* text;
  double value;
  Dimension dimension;
};

TEST(QuantityText, ReadsWhatPeopleWrite) {
  const QuantityCase cases[] = {{"96 h", 96 * 3600.0, kTimeDimension},
                                {"2.4 kW", 2400, kPowerDimension},
                                {"2.4kW", 2400, kPowerDimension},
                                {"433 MWh", 433 * 3.6e9, kEnergyDimension},
                                {"57 g/kWh", 57 / 3.6e6, kIntensityDimension},
                                {"57 gCO2e/kWh", 57 / 3.6e6, kIntensityDimension},
                                {"0.4 kg CO2e / kWh", 400 / 3.6e6, kIntensityDimension},
                                {"400 kg/MWh", 400e3 / 3.6e9, kIntensityDimension},
                                {"0.954 lb/kWh", 0.954 * 453.59237 / 3.6e6, kIntensityDimension},
                                {"0.06 kWh/GB", 0.06 * 3.6e6 / 1e9, Dimension{.energy = 1, .data = -1}},
                                {"1 GiB", 1073741824, kDataDimension},
                                {"1 KB", 1000, kDataDimension},
                                {"8 bit", 1, kDataDimension},
                                {"1.2 t", 1.2e6, kCarbonDimension},
                                {"6 y", 6 * 8760 * 3600.0, kTimeDimension},
                                {"200 kg/y", 200e3 / (8760 * 3600.0), Dimension{.carbon = 1, .time = -1}},
                                {"85 %", 0.85, kPlainNumber},
                                {"85%", 0.85, kPlainNumber},
                                {"826 mm2", 826e-6, kAreaDimension},
                                {"1.5 kg/cm2", 1.5e3 / 1e-4, Dimension{.carbon = 1, .area = -1}},
                                {"1_082_990 h", 1082990 * 3600.0, kTimeDimension},
                                {"3.14e23 FLOP", 3.14e23, kPlainNumber},
                                {"312 TFLOP/s", 312e12, Dimension{.time = -1}},
                                {"0.3 EUR/kWh", 0.3 / 3.6e6, kPriceDimension},
                                {"1.8 L/kWh", 1.8 / 3.6e6, kWaterIntensityDimension},
                                {"2 m3", 2000, kWaterDimension},
                                {"4 g/request", 4, kCarbonDimension},
                                {"-3 kg", -3000, kCarbonDimension},
                                {"0.5", 0.5, kPlainNumber},
                                {"3 mW", 0.003, kPowerDimension},
                                {"5 1/h", 5 / 3600.0, Dimension{.time = -1}},
                                {"400 W*h", 400 * 3600.0, kEnergyDimension},
                                {".5 h", 1800, kTimeDimension},
                                {"2. kW", 2000, kPowerDimension}};
  for (const QuantityCase& c : cases) {
    const auto got = parse_quantity(c.text, kEuro);
    ASSERT_TRUE(got) << c.text << ": " << got.error().message;
    EXPECT_NEAR(got->value / c.value, 1.0, 1e-12) << c.text;
    EXPECT_EQ(got->dimension, c.dimension) << c.text;
  }
  EXPECT_EQ(parse_quantity("57 g/kWh", kEuro)->unit.text, "g/kWh");
}

struct WrongCase {
  const char* text;
  const char* said;
};

TEST(QuantityText, SaysWhatIsWrong) {
  const WrongCase cases[] = {{"5 USD", "the account counts in EUR"},
                             {"5 kwh", "did you mean kWh?"},
                             {"5 ton", "write t"},
                             {"5 TFLOPS", "FLOP/s"},
                             {"5 month", "days"},
                             {"abc", "begin with a number"},
                             {"", "begin with a number"},
                             {"5 parsec", "unknown unit parsec"},
                             {"1e999 W", "beyond"},
                             {"1e300 YW", "beyond"},
                             {"nan", "begin with a number"},
                             {"5 kW/", "\"/\" is not understood"},
                             {"5 kW kW", "not understood"},
                             {"5 b", "bytes"},
                             {"1,000 h", "unknown unit"},
                             {"5 \x1b[31m", "unit"},
                             {"inf", "begin"}};
  for (const WrongCase& c : cases) {
    const auto got = parse_quantity(c.text, kEuro);
    ASSERT_FALSE(got) << c.text;
    EXPECT_NE(got.error().message.find(c.said), std::string::npos) << c.text << ": " << got.error().message;
    EXPECT_EQ(got.error().message.find('\n'), std::string::npos);
    EXPECT_EQ(got.error().message.find('\x1b'), std::string::npos);
  }
  EXPECT_NE(parse_quantity("5 EUR", {}).error().message.find("add currency = \"EUR\""), std::string::npos);
}

class Formulas : public ::testing::Test {
 protected:
  Formulas() {
    add("gpu_hours", "1082990 h");
    add("gpus", "384");
    add("activity.pre-training.energy", "433196 kWh");
    add("x", "3");
    add("y", "2");
  }
  void add(const std::string& name, const char* text) {
    const auto q = parse_quantity(text, kEuro);
    names_[name] = graph_.constant(q->value, q->dimension);
  }
  Result<FormulaId> formula(std::string_view text) {
    OLIVINE_TRY(const Expression e, parse_expression(text, kEuro));
    return to_formula(e, graph_, [&](std::string_view name) -> Result<FormulaId> {
      const auto found = names_.find(std::string(name));
      if (found == names_.end()) return fail(ErrorKind::kNotFound, "nothing is called " + std::string(name));
      return found->second;
    });
  }
  double value(std::string_view text) {
    const auto id = formula(text);
    EXPECT_TRUE(id) << text << ": " << (id ? "" : id.error().message);
    return id ? *evaluate_mean(graph_, *id)->value : NAN;
  }
  FormulaGraph graph_;
  std::map<std::string, FormulaId> names_;
};

TEST_F(Formulas, Arithmetic) {
  EXPECT_EQ(value("1 + 2 * 3"), 7);
  EXPECT_EQ(value("= (1 + 2) * 3"), 9);
  EXPECT_EQ(value("2 ^ 3 ^ 2"), 512);
  EXPECT_EQ(value("-2 ^ 2"), -4);
  EXPECT_EQ(value("2 ^ -1"), 0.5);
  EXPECT_EQ(value("--3"), 3);
  EXPECT_EQ(value("8 / 4 / 2"), 1);
  EXPECT_EQ(value("10 - 4 - 3"), 3);
  EXPECT_EQ(value("x - y"), 1);
  EXPECT_EQ(value("x-y"), 1);
  EXPECT_EQ(value("min(x, y, 5) + max(x, 1)"), 5);
  EXPECT_EQ(value("sqrt(x * 3)"), 3);
  EXPECT_EQ(value("6 * x * y"), 36);
  EXPECT_EQ(value("round(2.5, 1)"), 3);
  EXPECT_NEAR(value("round(566 g/kWh, 0.01 kg/kWh) / (1 kg/kWh)"), 0.57, 1e-12);
}

TEST_F(Formulas, UnitsBindClosest) {
  // BLOOM's idle line: 256,646 kWh.
  const auto idle = formula("= 91 kW * gpu_hours / gpus");
  ASSERT_TRUE(idle) << idle.error().message;
  EXPECT_EQ(graph_.node(*idle).dimension, kEnergyDimension);
  EXPECT_NEAR(*evaluate_mean(graph_, *idle)->value / 3.6e6, 256'646.1, 0.05);
  EXPECT_NEAR(value("57 g/kWh * activity.pre-training.energy"), 24.692e6, 500);
  EXPECT_EQ(value("10 kWh / 2 kWh"), 5);
  EXPECT_EQ(value("10 kWh / 2kWh"), 5);
  EXPECT_EQ(value("x * kWh / J"), 3 * 3.6e6);
  EXPECT_EQ(value("400 W*h"), 400 * 3600.0);
  EXPECT_EQ(value("3 W*x"), 9);
  EXPECT_EQ(value("3 W * x"), 9);
  EXPECT_EQ(value("50 % * 4"), 2);
  EXPECT_EQ(value("3 * 2 h"), 21600);
  EXPECT_EQ(value("6 W/gpus*384"), 6);
}

TEST_F(Formulas, SaysWhatIsWrong) {
  const WrongCase cases[] = {{"", "ends where"},
                             {"1 +", "ends where"},
                             {"(1", "opened at column 1 is not closed"},
                             {"1)", "never opened"},
                             {"1 2", "operator is missing"},
                             {"1 kWh + 1 kg", "cannot add kWh to kg"},
                             {"z + 1", "nothing is called z"},
                             {"sin(x)", "unknown function"},
                             {"sqrt(1, 2)", "one argument"},
                             {"2 ^ (1 kWh)", "plain number"},
                             {"round(x)", "a step"},
                             {"round(x, 1 kWh)", "cannot compare"},
                             {"round(x, 0)", "above zero"},
                             {"(1 kWh) ^ 0.5", "cannot be raised"},
                             {"2 kWhh", "unknown unit kWhh"},
                             {"5 USD", "counts in EUR"},
                             {"1e999", "beyond"},
                             {"min(x,", "ends where"},
                             {"min(x 1)", "is not closed"},
                             {"x $ y", "operator is missing"},
                             {"*x", "number, a name"},
                             {"1 h ^ 100", "cannot be raised"}};
  for (const WrongCase& c : cases) {
    const auto got = formula(c.text);
    ASSERT_FALSE(got) << c.text;
    EXPECT_NE(got.error().message.find(c.said), std::string::npos) << c.text << ": " << got.error().message;
    EXPECT_EQ(got.error().message.find('\n'), std::string::npos) << got.error().message;
  }
}

TEST_F(Formulas, HostileTextGetsOneLine) {
  const std::string brackets(3000, '(');
  EXPECT_NE(formula(brackets).error().message.find("nest deeper than 64"), std::string::npos);
  std::string roots;
  for (int i = 0; i < 500; ++i) roots += "sqrt(";
  EXPECT_FALSE(formula(roots));
  std::string powers = "2";
  for (int i = 0; i < 500; ++i) powers += "^2";
  EXPECT_FALSE(formula(powers));
  EXPECT_EQ(value(std::string(4000, '-') + "1"), 1);
  EXPECT_NE(formula(std::string(5000, '1')).error().message.find("at most 4096"), std::string::npos);
  const auto huge = formula("1e300 * 1e300");
  ASSERT_TRUE(huge);
  EXPECT_NE(evaluate_mean(graph_, *huge).error().message.find("not a finite number"), std::string::npos);
  const auto naught = formula("1 / 0");
  ASSERT_TRUE(naught);
  EXPECT_FALSE(evaluate_mean(graph_, *naught));
  EXPECT_FALSE(formula(std::string("1 + \x00 2", 7)));
}

TEST(Expression, NamesAreListedOnce) {
  const auto e = parse_expression("= a.b * c + a.b / 2 kWh", kEuro);
  ASSERT_TRUE(e);
  EXPECT_EQ(e->names(), (std::vector<std::string>{"a.b", "c"}));
  EXPECT_TRUE(is_unit_name("kWh"));
  EXPECT_TRUE(is_unit_name("h"));
  EXPECT_TRUE(is_unit_name("EUR"));
  EXPECT_FALSE(is_unit_name("gpus"));
  EXPECT_FALSE(is_unit_name("requests"));
}

}  // namespace
}  // namespace olivine
