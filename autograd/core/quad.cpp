// The functions of Quad: those of libquadmath, which comes with g++ and which clang links too. Declared here, since
// clang does not find g++'s <quadmath.h>; where there is no __float128, those of long double.
#include <cmath>

#include <autograd/core/gamma_series.hpp>
#include <autograd/core/number.hpp>

#ifdef __SIZEOF_FLOAT128__
#define XGRAD_QUAD(name) name##q
extern "C" {
__float128 sqrtq(__float128), cbrtq(__float128), powq(__float128, __float128), hypotq(__float128, __float128);
__float128 expq(__float128), exp2q(__float128), expm1q(__float128), logq(__float128), log2q(__float128);
__float128 log10q(__float128), log1pq(__float128), sinq(__float128), cosq(__float128), tanq(__float128);
__float128 asinq(__float128), acosq(__float128), atanq(__float128), atan2q(__float128, __float128);
__float128 sinhq(__float128), coshq(__float128), tanhq(__float128), asinhq(__float128), acoshq(__float128);
__float128 atanhq(__float128), floorq(__float128), ceilq(__float128), roundq(__float128), erfq(__float128);
__float128 erfcq(__float128), lgammaq(__float128);
}
#else
#define XGRAD_QUAD(name) name##l
#endif

namespace autograd::core {
namespace {

// pi (x - whole): pi x itself would lose the digits far out.
Quad angle(Quad x) { return acos(Quad(-1)) * (x - round(x)); }

}  // namespace

#define XGRAD_QUAD_FUNCTION(name) \
  Quad name(Quad x) { return XGRAD_QUAD(name)(x.value); }
XGRAD_QUAD_FUNCTION(sqrt)
XGRAD_QUAD_FUNCTION(cbrt)
XGRAD_QUAD_FUNCTION(exp)
XGRAD_QUAD_FUNCTION(exp2)
XGRAD_QUAD_FUNCTION(expm1)
XGRAD_QUAD_FUNCTION(log)
XGRAD_QUAD_FUNCTION(log2)
XGRAD_QUAD_FUNCTION(log10)
XGRAD_QUAD_FUNCTION(log1p)
XGRAD_QUAD_FUNCTION(sin)
XGRAD_QUAD_FUNCTION(cos)
XGRAD_QUAD_FUNCTION(tan)
XGRAD_QUAD_FUNCTION(asin)
XGRAD_QUAD_FUNCTION(acos)
XGRAD_QUAD_FUNCTION(atan)
XGRAD_QUAD_FUNCTION(sinh)
XGRAD_QUAD_FUNCTION(cosh)
XGRAD_QUAD_FUNCTION(tanh)
XGRAD_QUAD_FUNCTION(asinh)
XGRAD_QUAD_FUNCTION(acosh)
XGRAD_QUAD_FUNCTION(atanh)
XGRAD_QUAD_FUNCTION(floor)
XGRAD_QUAD_FUNCTION(ceil)
XGRAD_QUAD_FUNCTION(round)
XGRAD_QUAD_FUNCTION(erf)
XGRAD_QUAD_FUNCTION(erfc)
XGRAD_QUAD_FUNCTION(lgamma)
Quad pow(Quad x, Quad y) { return XGRAD_QUAD(pow)(x.value, y.value); }
Quad hypot(Quad x, Quad y) { return XGRAD_QUAD(hypot)(x.value, y.value); }
Quad atan2(Quad y, Quad x) { return XGRAD_QUAD(atan2)(y.value, x.value); }
// Left of 0 by reflection (Abramowitz and Stegun 6.3.7 and its derivative), as in scalar_math.hpp.
Quad digamma(Quad x) {
  if (!(x < 0)) return polygamma_series(0, x);
  return polygamma_series(0, 1 - x) - acos(Quad(-1)) / tan(angle(x));
}
Quad trigamma(Quad x) {
  if (!(x < 0)) return polygamma_series(1, x);
  return square(acos(Quad(-1)) / sin(angle(x))) - polygamma_series(1, 1 - x);
}
Quad polygamma(int n, Quad x) { return n == 0 ? digamma(x) : n == 1 ? trigamma(x) : polygamma_series(n, x); }

}  // namespace autograd::core
