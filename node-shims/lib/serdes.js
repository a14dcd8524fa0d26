binding.Serializer=class{};binding.Deserializer=class{};
