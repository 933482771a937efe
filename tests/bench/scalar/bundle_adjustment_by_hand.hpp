// The Jacobian of one bundle adjustment block, written by hand: the projection once, then one backward pass for each of
// the two residuals.
#pragma once

#include <tests/bench/scalar/bundle_adjustment.hpp>

namespace bench {

class BundleAdjustment::ByHand {
 public:
  /// Writes the residuals of block b at x to y, and their 2 x 15 Jacobian to j. The rotation must not be zero.
  void jacobian(const BundleAdjustment& problem, int b, const double* x, double* y, double* j) {
    for (int i = 0; i < 3; ++i) offset_[i] = x[11 + i] - x[3 + i];
    rotate(x);
    const double inverse_depth = 1 / rotated_[2];
    const double image[2] = {rotated_[0] * inverse_depth, rotated_[1] * inverse_depth};
    const double focal = x[6], weight = x[14], radius2 = image[0] * image[0] + image[1] * image[1];
    const double distortion = 1 + x[9] * radius2 + x[10] * radius2 * radius2;
    const double distortion_slope = x[9] + 2 * x[10] * radius2;
    for (int k = 0; k < 2; ++k) {
      const double difference = image[k] * distortion * focal + x[7 + k] - problem.measurements[2 * b + k];
      double* row = j + block_inputs * k;
      y[k] = weight * difference;
      row[14] = difference;
      row[6] = weight * image[k] * distortion;
      row[7] = k ? 0 : weight;
      row[8] = k ? weight : 0;
      const double d_distortion = weight * focal * image[k];
      row[9] = d_distortion * radius2;
      row[10] = d_distortion * radius2 * radius2;

      const double d_radius2 = d_distortion * distortion_slope;
      double d_image[2] = {2 * image[0] * d_radius2, 2 * image[1] * d_radius2};
      d_image[k] += weight * focal * distortion;
      const double d_rotated[3] = {d_image[0] * inverse_depth, d_image[1] * inverse_depth,
                                   -(d_image[0] * image[0] + d_image[1] * image[1]) * inverse_depth};
      rotate_backwards(x, d_rotated, row);
    }
  }

 private:
  void rotate(const double* rotation) {
    const double angle = std::sqrt(rotation[0] * rotation[0] + rotation[1] * rotation[1] + rotation[2] * rotation[2]);
    const double* p = offset_;
    cosine_ = std::cos(angle), sine_ = std::sin(angle), inverse_angle_ = 1 / angle;
    for (int i = 0; i < 3; ++i) axis_[i] = rotation[i] * inverse_angle_;
    cross_[0] = axis_[1] * p[2] - axis_[2] * p[1];
    cross_[1] = axis_[2] * p[0] - axis_[0] * p[2];
    cross_[2] = axis_[0] * p[1] - axis_[1] * p[0];
    dot_ = axis_[0] * p[0] + axis_[1] * p[1] + axis_[2] * p[2];
    along_ = dot_ * (1 - cosine_);
    for (int i = 0; i < 3; ++i) rotated_[i] = p[i] * cosine_ + cross_[i] * sine_ + axis_[i] * along_;
  }

  // From the derivative by the rotated point to those by rotation, centre and point.
  void rotate_backwards(const double* rotation, const double* d, double* row) const {
    const double *p = offset_, *w = axis_;
    double d_along = 0, d_cosine = 0, d_sine = 0, d_axis[3], d_point[3], d_cross[3];
    for (int i = 0; i < 3; ++i) {
      d_point[i] = d[i] * cosine_;
      d_cosine += d[i] * p[i];
      d_cross[i] = d[i] * sine_;
      d_sine += d[i] * cross_[i];
      d_axis[i] = d[i] * along_;
      d_along += d[i] * w[i];
    }
    const double d_dot = d_along * (1 - cosine_);
    d_cosine -= d_along * dot_;
    for (int i = 0; i < 3; ++i) {
      d_axis[i] += d_dot * p[i];
      d_point[i] += d_dot * w[i];
    }
    d_axis[0] += d_cross[2] * p[1] - d_cross[1] * p[2];
    d_axis[1] += d_cross[0] * p[2] - d_cross[2] * p[0];
    d_axis[2] += d_cross[1] * p[0] - d_cross[0] * p[1];
    d_point[0] += d_cross[1] * w[2] - d_cross[2] * w[1];
    d_point[1] += d_cross[2] * w[0] - d_cross[0] * w[2];
    d_point[2] += d_cross[0] * w[1] - d_cross[1] * w[0];

    double d_inverse = 0;
    for (int i = 0; i < 3; ++i) d_inverse += d_axis[i] * rotation[i];
    const double d_angle = d_sine * cosine_ - d_cosine * sine_ - d_inverse * inverse_angle_ * inverse_angle_;
    for (int i = 0; i < 3; ++i) {
      row[i] = d_axis[i] * inverse_angle_ + d_angle * inverse_angle_ * rotation[i];
      row[3 + i] = -d_point[i];
      row[11 + i] = d_point[i];
    }
  }

  double offset_[3], axis_[3], cross_[3], rotated_[3];
  double cosine_, sine_, inverse_angle_, dot_, along_;
};

}  // namespace bench
