// Bundle adjustment as in ADBench (see gmm.hpp): the error, in pixels, of one point as one camera sees it, and its 2 x
// 15 Jacobian, for each of 10000 observations. What counts is the fixed cost of a small derivative.
//
// Inputs of a block: the camera (rotation as an axis times an angle 0-2, centre 3-5, focal length 6, principal point 7
// and 8, radial distortion 9 and 10), the point 11-13 and the weight of the observation 14.
#pragma once

#include <cmath>
#include <cstddef>

#include <tests/bench/scalar/problem.hpp>

namespace bench {

struct BundleAdjustment {
  static constexpr std::string_view name = "bundle adjust.";
  static constexpr int block_inputs = 15, block_outputs = 2;
  int blocks;
  std::vector<double> start;         // blocks x 15
  std::vector<double> measurements;  // blocks x 2

  explicit BundleAdjustment(int observations = 10'000)
      : blocks(observations),
        start(static_cast<std::size_t>(blocks) * block_inputs),
        measurements(static_cast<std::size_t>(blocks) * block_outputs) {
    Random random(6);
    for (int b = 0; b < blocks; ++b) {
      double* x = &start[static_cast<std::size_t>(b) * block_inputs];
      for (int i = 0; i < 3; ++i) x[i] = random.uniform(-0.4, 0.4);
      for (int i = 3; i < 5; ++i) x[i] = random.uniform(-1, 1);
      x[5] = random.uniform(-12, -8);
      x[6] = random.uniform(400, 600);
      for (int i = 7; i < 9; ++i) x[i] = random.uniform(-5, 5);
      x[9] = random.uniform(-0.1, 0.1);
      x[10] = random.uniform(-0.01, 0.01);
      for (int i = 11; i < 14; ++i) x[i] = random.uniform(-1, 1);
      x[14] = random.uniform(0.5, 1.5);
      for (int i = 0; i < 2; ++i) measurements[2 * b + i] = random.uniform(-50, 50);
    }
  }

  const double* block(int b) const { return &start[static_cast<std::size_t>(b) * block_inputs]; }

  /// Projects the point of a block, x, and writes the two differences from the measurement to y.
  template <class T>
  void residual(int b, const T* x, T* y) const {
    T offset[3], rotated[3];
    for (int i = 0; i < 3; ++i) offset[i] = x[11 + i] - x[3 + i];
    rotate(x, offset, rotated);
    T u = rotated[0] / rotated[2], v = rotated[1] / rotated[2];
    T radius2 = u * u + v * v;
    T distortion = 1.0 + x[9] * radius2 + x[10] * radius2 * radius2;
    u = u * distortion * x[6] + x[7];
    v = v * distortion * x[6] + x[8];
    y[0] = x[14] * (u - measurements[2 * b]);
    y[1] = x[14] * (v - measurements[2 * b + 1]);
  }

  /// Rodrigues' formula; near no rotation at all, its linear part.
  template <class T>
  static void rotate(const T* rotation, const T* p, T* out) {
    using std::cos, std::sin, std::sqrt;
    T angle2 = rotation[0] * rotation[0] + rotation[1] * rotation[1] + rotation[2] * rotation[2];
    if (angle2 > 0.0) {
      T angle = sqrt(angle2), cosine = cos(angle), sine = sin(angle), inverse = 1.0 / angle;
      T axis[3], cross[3];
      for (int i = 0; i < 3; ++i) axis[i] = rotation[i] * inverse;
      cross[0] = axis[1] * p[2] - axis[2] * p[1];
      cross[1] = axis[2] * p[0] - axis[0] * p[2];
      cross[2] = axis[0] * p[1] - axis[1] * p[0];
      T along = (axis[0] * p[0] + axis[1] * p[1] + axis[2] * p[2]) * (1.0 - cosine);
      for (int i = 0; i < 3; ++i) out[i] = p[i] * cosine + cross[i] * sine + axis[i] * along;
    } else {
      out[0] = p[0] + rotation[1] * p[2] - rotation[2] * p[1];
      out[1] = p[1] + rotation[2] * p[0] - rotation[0] * p[2];
      out[2] = p[2] + rotation[0] * p[1] - rotation[1] * p[0];
    }
  }

  class ByHand;
};

}  // namespace bench
