#pragma once
// What a service manager is told, by the protocol of sd_notify(3): a datagram to the socket that it names.

#include <string>

namespace pgvista::watch {

/// "READY=1", "STOPPING=1", "STATUS=…". Does nothing where nobody asked for it.
void tell_supervisor(const std::string& state);
/// How often WATCHDOG=1 is expected, in milliseconds; 0: not at all.
int supervisor_patience();

}  // namespace pgvista::watch
