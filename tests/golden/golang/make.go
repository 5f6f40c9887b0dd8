// Writes what the real strconv, encoding/json and time make of the inputs below: `go run make.go`.
// A line is "FUNCTION<tab>INPUT in hexadecimal<tab>RESULT"; floats go in as their bits.
package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"math/rand"
	"os"
	"strconv"
	"strings"
	"time"
)

var out strings.Builder

func row(function string, input string, result string) {
	fmt.Fprintf(&out, "%s\t%s\t%s\n", function, hex.EncodeToString([]byte(input)), result)
}

func number[T int64 | uint64](n T, err error) string {
	if err != nil {
		return fmt.Sprintf("%d %v", n, err)
	}
	return fmt.Sprint(n)
}

var texts = []string{
	"", "plain", "a\"b\\c'd`e", "\a\b\t\n\v\f\r\x00\x1b\x1f\x7f", "\xff", "a\xc3", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\ufffd",
	"é ä ß 日本語 🙂", "\u0080\u009f", "\u00a0", "\u00ad", "soft\u00adhyphen", "\u0378", "\u0600", "\u070f", "\u1680", "\u180e", "\u200b", "\u200d",
	"\u2028", "\u2029", "\u202e", "\u2060", "\u2066", "\u3000", "\ue000", "\ufdd0", "\ufeff", "\ufff9", "\ufffc", "\uffff", "\U000110bd",
	"\U0001d173", "\U0001f9ff", "\U000e0001", "\U000f0000", "\U0010ffff", "x\u200bx\u00adx\U000e0020x", "\u0301", "\u093f",
}

var numbers = []string{
	"", "0", "-0", "+0", "7", "-7", "+7", "007", "08", "0_7", "1_000", "_1", "1_", "1__0", "-_1", "--1", "+-1", "+", "-", " 1", "1 ", "1\x00", "1.0",
	"1e3", "0x", "0X1f", "0x_1f", "0x1f_", "0xfg", "-0x10", "0o17", "0O_17", "0o8", "0b101", "0B1_0", "0b2", "0b", "017", "019", "127", "128", "255",
	"9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "18446744073709551615", "18446744073709551616",
	"+18446744073709551615", "99999999999999999999", "-99999999999999999999", "99999999999999999999x", "9223372036854775808x", "x", "a", "z", "Z", "１",
	"0x7fffffffffffffff", "0x8000000000000000", "0xffffffffffffffff", "0x10000000000000000", "0x1_0000_0000_0000_0000_", "1_8446744073709551616__",
	"0777777777777777777777", "01000000000000000000000", "true", "\"1\u200b", "1\xff",
}

var floats = []string{
	"", "0", "-0", "+0", "1", "+1", "-1", "1.", ".1", ".", "-.", "1.5", "1..5", "1.5.", "1e", "1e+", "1e5", "1E5", "1e+05", "1e-05", "e5", ".e5", " 1", "1 ",
	"1\x00", "1f", "1_0", "1_0.5_0", "_1", "1_", "1__0", "1_.5", "1._5", "1e1_0", "1e_1", "0x1p4", "0x1P-4", "0x1.8p1", "0x1", "0x.8p0", "0xp1", "0x1p", "0x_1p4",
	"0x1_fp4", "-0x1p4", "inf", "Inf", "INF", "+inf", "-inf", "infinity", "Infinity", "-Infinity", "+INFINITY", "in", "infi", "in_f", "nan", "NaN", "NAN", "+nan",
	"-nan", "nan(1)", "1e308", "1.7976931348623157e308", "1.7976931348623159e308", "1e309", "-1e309", "1e-400", "4.9e-324", "2.4e-324", "2.5e-324", "1e400",
	"0.1", "0.30000000000000004", "123456789012345678901234567890", "9007199254740993", "0x1p1024", "0x1p-1080", "0x1.fffffffffffff8p0", "1e99999999999",
	"1e-99999999999", "1p4", "0b1", "0o1", strings.Repeat("9", 400), "0." + strings.Repeat("0", 5000) + "1", "1" + strings.Repeat("0", 700) + "e-700",
}

var values = []float64{
	0, math.Copysign(0, -1), 1, -1, 10, 100, 1e5, 123456, 999999, 1e6, 1234567, 1e15, 123456789012345, 1e16, 1e20, 1e21, -1e21, 1e22, 123456789e15, 0.1, 0.25, 1e-4, 1e-5, 1e-6, 1e-7,
	9.999e-7, -1.5e-7, 1.5e-10, 0.1 + 0.2, 1.0 / 3, 2.0 / 3, math.Pi, math.MaxFloat64, math.SmallestNonzeroFloat64, 2.2250738585072014e-308, 2.225073858507201e-308, 5e-323, 1.5e-323, 9007199254740992,
	9007199254740993, 9223372036854775807, 1 << 62, 18446744073709551616, 5.684341886080802e-14, 9.5367431640625e-07, 4.440892098500626e-16, 1e100, 1e300, 123456.789, 1234567.5, 0.000123, 0.0000123, 8.41, 2.5,
}

var times = []string{
	"1970-01-01T00:00:00Z", "1985-04-12T23:20:50.52Z", "1996-12-19T16:39:57-08:00", "2026-11-23T08:00:00+09:00", "2024-02-29T12:00:00.123456789Z", "", "2026-11-23",
	"2026-11-23T08:00:00", "2026-11-23 08:00:00Z", "2026-11-23T08:00Z", "2026-13-23T08:00:00Z", "2026-02-30T08:00:00Z", "2026-11-23T24:00:00Z", "now", "2026-11-23T08:00:00.Z",
	"2026-11-23T08:00:00+9:00", "2026-11-23T08:00:00Zx", "2026-11-23T08:00:00+09:60", "026-11-23T08:00:00Z", "2026-11-00T08:00:00Z", "2026-11-23T8:00:00Z", "2026-11-23T08:00:00,5Z",
	"2026-11-23T08:00:00z", "2026-11-23t08:00:00Z", "2026-11-23T08:00:60Z", "2026-11-23T08:60:00Z", "2026-11-23T08:00:00+24:00", "2026-11-23T08:00:00+25:00", "2026-11-23T08:00:00-23:59",
	"2026-11-23T08:00:00+09:61", "2026-1-2T08:00:00Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-11-23T08:00:00.1234567890123Z", "2026-11-23T08:00:00-0900", "1900-02-29T00:00:00Z",
	"2026-11-23T08:00:00Z\u00e9", "2026-11-2\"T08:00:00Z", "2023-02-29", "2024-02-29", "2024-2-9", "2024-02-291", "2024-02-2", "20240229", "2024-00-10", "2024-01-32", "12345-01-01",
}

func bits(f float64) string {
	return strconv.FormatUint(math.Float64bits(f), 16)
}

func formats(f float64) {
	for _, format := range "gefGExXb" {
		row(fmt.Sprintf("format %c -1", format), bits(f), strconv.FormatFloat(f, byte(format), -1, 64))
	}
	for _, prec := range []int{0, 3, 17} {
		for _, format := range "gefx" {
			row(fmt.Sprintf("format %c %d", format, prec), bits(f), strconv.FormatFloat(f, byte(format), prec, 64))
		}
	}
	short(f)
}

func short(f float64) {
	text, _ := json.Marshal(f)
	row("json", bits(f), string(text))
	row("format g -1", bits(f), strconv.FormatFloat(f, 'g', -1, 64))
	if narrow := float64(float32(f)); !math.IsInf(narrow, 0) {
		row("format32", bits(narrow), strconv.FormatFloat(narrow, 'g', -1, 32))
	}
}

func main() {
	for _, s := range texts {
		row("quote", s, strconv.Quote(s))
		row("ascii", s, strconv.QuoteToASCII(s))
		row("backquote", s, strconv.FormatBool(strconv.CanBackquote(s)))
	}
	for _, s := range numbers {
		for _, base := range []int{0, 2, 8, 10, 16} {
			i, err := strconv.ParseInt(s, base, 64)
			row(fmt.Sprintf("ParseInt %d", base), s, number(i, err))
			u, err := strconv.ParseUint(s, base, 64)
			row(fmt.Sprintf("ParseUint %d", base), s, number(u, err))
		}
		i, err := strconv.Atoi(s)
		row("Atoi 10", s, number(int64(i), err))
	}
	for _, s := range floats {
		f, err := strconv.ParseFloat(s, 64)
		if math.IsNaN(f) {
			row("ParseFloat 0", s, "nan")
		} else if err != nil {
			row("ParseFloat 0", s, fmt.Sprintf("%s %v", bits(f), err))
		} else {
			row("ParseFloat 0", s, bits(f))
		}
	}
	for _, s := range []string{"1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False", "", "tRUE", "yes", "on", "2", " true"} {
		b, err := strconv.ParseBool(s)
		if err != nil {
			row("bool", s, "none")
		} else {
			row("bool", s, strconv.FormatBool(b))
		}
	}
	for _, f := range values {
		formats(f)
	}
	random := rand.New(rand.NewSource(1))
	for i := 0; i < 150; i++ {
		f := math.Float64frombits(random.Uint64())
		if math.IsNaN(f) || math.IsInf(f, 0) {
			continue
		}
		short(f)
		short(math.Ldexp(1, random.Intn(2000)-1000))
		short(float64(random.Intn(1000000)) / 1000)
	}
	for _, s := range times {
		for _, layout := range []string{time.RFC3339, time.DateOnly} {
			t, err := time.Parse(layout, s)
			if err != nil {
				row("time "+layout, s, err.Error())
			} else {
				row("time "+layout, s, fmt.Sprintf("%d.%09d", t.Unix(), t.Nanosecond()))
			}
		}
	}
	if err := os.WriteFile("cases.txt", []byte(out.String()), 0o644); err != nil {
		panic(err)
	}
}
