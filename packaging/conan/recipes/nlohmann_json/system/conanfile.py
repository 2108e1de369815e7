from conan import ConanFile
from conan.tools.system.package_manager import Apt


class nlohmann_json_system(ConanFile):
    """The system's own, from Debian's nlohmann-json3-dev: nothing is packaged, the compiler finds it."""

    name = "nlohmann_json"
    package_type = "header-library"

    def system_requirements(self):
        Apt(self).check(["nlohmann-json3-dev"])

    def package_info(self):
        info = self.cpp_info
        info.set_property("cmake_target_name", "nlohmann_json::nlohmann_json")
        info.includedirs = info.libdirs = info.bindirs = []
