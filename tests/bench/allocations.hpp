// How often this thread has called operator new, for programs that count it.
#pragma once

namespace bench {

long allocations();

}  // namespace bench
