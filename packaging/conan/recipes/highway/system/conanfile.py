from conan import ConanFile
from conan.tools.system.package_manager import Apt


class highway_system(ConanFile):
    """The system's own, from Debian's libhwy-dev: nothing is packaged, the compiler finds it."""

    name = "highway"
    package_type = "header-library"

    def system_requirements(self):
        Apt(self).check(["libhwy-dev"])

    def package_info(self):
        info = self.cpp_info.components["hwy"]
        info.set_property("cmake_target_name", "hwy::hwy")
        info.includedirs = info.libdirs = info.bindirs = []
