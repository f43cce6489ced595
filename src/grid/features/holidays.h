// Holidays: nationwide public holidays of a few countries, from rules.
//
// A holiday is a day on which most of a whole country does not work; regional ones are not counted. Where a law moves a
// holiday that falls on a weekend, the day that is off counts as well as the day itself. Each country has the first year
// for which its rules hold as written here; before it the answer is unknown.
//
//   US  5 U.S.C. 6103 with the in-lieu days of (b); Juneteenth from 2021 (P.L. 117-17)                      from 1986
//   DE  Einigungsvertrag art. 2 and the holidays common to the laws of all 16 states; 31 October 2017 once  from 1995
//   FR  Code du travail L3133-1                                                                             from 1982
//   GB  England and Wales: Banking and Financial Dealings Act 1971 and the proclamations for single years   from 1996
//
// Easter: Gregorian, by the anonymous algorithm in Meeus, "Astronomical Algorithms", chapter 8. => 2022-04-17
//
// Units: civil days. Errors: kNotFound names the known countries. Threads: pure. Lifetime: values.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "grid/features/civil_time.h"

namespace olivine::features {

CivilDay easter_sunday(int year);
Status check_holiday_country(std::string_view country);
// Absent before the first year of the country's rules.
std::optional<bool> is_holiday(std::string_view country, const CivilDay& day);

}  // namespace olivine::features
