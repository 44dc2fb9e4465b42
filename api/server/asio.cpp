// The one place where Asio and Beast are compiled (separate compilation; the definitions are on
// outlay_asio).
#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
