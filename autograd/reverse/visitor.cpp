// Collecting parameters by name.
#include <autograd/reverse/visitor.hpp>

#include <algorithm>

namespace autograd {

void Visitor::operator()(std::string_view name, Parameter& parameter) {
  if (std::find(found_.begin(), found_.end(), &parameter) != found_.end()) return;
  found_.push_back(&parameter);
  if (names_) names_->push_back(prefix_ + std::string(name));
}

std::size_t Visitor::enter(std::string_view name) {
  const std::size_t length = prefix_.size();
  if (names_) prefix_.append(name).append(".");
  return length;
}

namespace core {

std::vector<NamedParameter> zip(const std::vector<std::string>& names, const std::vector<Parameter*>& found) {
  std::vector<NamedParameter> list;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (std::find(names.begin() + static_cast<std::ptrdiff_t>(i) + 1, names.end(), names[i]) != names.end())
      throw Error("parameters", "two parameters are called " + names[i],
                  "Give them different names in each_parameter.");
    list.push_back({names[i], found[i]});
  }
  return list;
}

}  // namespace core
}  // namespace autograd
