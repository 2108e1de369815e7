from conan import ConanFile
from conan.tools.system.package_manager import Apt


class zlib_system(ConanFile):
    """The system's own, from Debian's zlib1g-dev: nothing is packaged, the compiler finds it."""

    name = "zlib"
    package_type = "shared-library"

    def system_requirements(self):
        Apt(self).check(["zlib1g-dev"])

    def package_info(self):
        info = self.cpp_info
        info.set_property("cmake_target_name", "ZLIB::ZLIB")
        info.includedirs = info.libdirs = info.bindirs = []
        info.system_libs = ["z"]
