from conan import ConanFile
from conan.tools.system.package_manager import Apt


class fmt_system(ConanFile):
    """The system's own, from Debian's libfmt-dev: nothing is packaged, the compiler finds it."""

    name = "fmt"
    package_type = "shared-library"

    def system_requirements(self):
        Apt(self).check(["libfmt-dev"])

    def package_info(self):
        info = self.cpp_info
        info.set_property("cmake_target_name", "fmt::fmt")
        info.includedirs = info.libdirs = info.bindirs = []
        info.system_libs = ["fmt"]
