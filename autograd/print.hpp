// Pictures of a tape: as text, one line an operation, and as Graphviz dot.
//
//   ag::Tape tape{ag::record_graph};
//   auto x = tape.variable(-2.0, "x") ...
//   std::cout << ag::to_text(tape, gradients);
//   std::ofstream("graph.dot") << ag::to_dot(tape, gradients);      // dot -Tsvg graph.dot > graph.svg
#pragma once

#include <string>

#include <autograd/reverse/tape.hpp>

namespace autograd {

/// One line for each variable and operation, in order: name, how it came about, value (shape for tensors), adjoint.
/// Throws TapeError for a tape that was not opened with record_graph.
std::string to_text(const Tape& tape, const Gradients& gradients);
std::string to_text(const Tape& tape);

/// The same as a graph in Graphviz's language: variables as boxes, operations as ellipses, an arrow for each argument.
std::string to_dot(const Tape& tape, const Gradients& gradients);
std::string to_dot(const Tape& tape);

}  // namespace autograd
