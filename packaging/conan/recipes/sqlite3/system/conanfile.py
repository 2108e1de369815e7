from conan import ConanFile
from conan.tools.system.package_manager import Apt


class sqlite3_system(ConanFile):
    """The system's own, from Debian's libsqlite3-dev: nothing is packaged, the compiler finds it."""

    name = "sqlite3"
    package_type = "shared-library"

    def system_requirements(self):
        Apt(self).check(["libsqlite3-dev"])

    def package_info(self):
        info = self.cpp_info
        info.set_property("cmake_target_name", "SQLite::SQLite3")
        info.includedirs = info.libdirs = info.bindirs = []
        info.system_libs = ["sqlite3"]
