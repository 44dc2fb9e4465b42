// The program: everything is in app.
#include "app/roles.hpp"

int main(int argc, char** argv) {
    return outlay::app::run(argc, argv);
}
